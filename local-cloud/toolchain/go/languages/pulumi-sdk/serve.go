package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host is the part of a language's host that writes packages and runs programs.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language string
	// engine is the address at which the engine answers.
	engine string
}

// patience is for how long a host lives on when its engine is gone without a word.
const patience = 5 * time.Minute

// serve prints the port that it answers the engine on, and answers until it is ended.
func serve(language, engine string) error {
	ended := make(chan bool)
	end := sync.OnceFunc(func() { close(ended) })
	if err := rpcutil.Healthcheck(context.Background(), engine, patience, end); err != nil {
		return err
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{language: language, engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

func (*host) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

func (h *host) GeneratePackage(
	_ context.Context, asked *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	err := generate(request{
		language:     h.language,
		directory:    asked.Directory,
		schema:       []byte(asked.Schema),
		extraFiles:   asked.ExtraFiles,
		dependencies: asked.LocalDependencies,
		local:        asked.Local,
	})
	return &pulumirpc.GeneratePackageResponse{}, err
}

// Run runs a program to its end. What it prints, the engine reads from here.
func (h *host) Run(ctx context.Context, asked *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	work, err := os.MkdirTemp("", "pulumi-program-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	command, err := h.command(ctx, asked, work)
	if err != nil {
		return nil, err
	}
	return outcome(command.Run())
}
