package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// What Pulumi itself has for a program in Python to run in: it is in a module of Go, and in no package of Python.
//
//go:generate sh -c "cp $(go list -f {{.Module.Dir}} github.com/pulumi/pulumi/sdk/v3/proto/go)/python/cmd/pulumi-language-python-exec ."
//go:embed pulumi-language-python-exec
var pythonRunner []byte

// fact is something that a program is told about its run.
type fact struct{ name, value string }

// command makes the command that runs a program, with what it needs for that in the folder work.
func (h *host) command(ctx context.Context, asked *pulumirpc.RunRequest, work string) (*exec.Cmd, error) {
	configuration, err := configurationOf(asked)
	if err != nil {
		return nil, err
	}
	facts := []fact{
		{"monitor", asked.MonitorAddress},
		{"engine", h.engine},
		{"organization", asked.Organization},
		{"project", asked.Project},
		{"stack", asked.Stack},
		{"root_directory", asked.Info.RootDirectory},
		{"dry_run", fmt.Sprint(asked.DryRun)},
		{"parallel", fmt.Sprint(asked.Parallel)},
	}
	var command *exec.Cmd
	switch h.language {
	case "go":
		command, err = goProgram(ctx, asked, work)
		configuration = append(configuration, facts...)
	case "python":
		command, err = pythonProgram(ctx, asked, work, facts)
	default:
		return nil, fmt.Errorf("programs in %s are not run here: only Pulumi's own CLI has what runs them", h.language)
	}
	if err != nil {
		return nil, err
	}
	command.Dir = asked.Info.ProgramDirectory
	command.Env = os.Environ()
	for _, each := range configuration {
		command.Env = append(command.Env, "PULUMI_"+strings.ToUpper(each.name)+"="+each.value)
	}
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return command, nil
}

// configurationOf gives the stack's configuration as every SDK reads it.
func configurationOf(asked *pulumirpc.RunRequest) ([]fact, error) {
	// What is empty is no object and no list in the request, and it has to be one in JSON.
	config := map[string]string{}
	maps.Copy(config, asked.Config)
	values, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	secret, err := json.Marshal(append([]string{}, asked.ConfigSecretKeys...))
	return []fact{{"config", string(values)}, {"config_secret_keys", string(secret)}}, err
}

// goProgram compiles the program first.
func goProgram(ctx context.Context, asked *pulumirpc.RunRequest, work string) (*exec.Cmd, error) {
	if _, err := optionsOf(asked); err != nil {
		return nil, err
	}
	executable := filepath.Join(work, "program")
	build := exec.CommandContext(ctx, "go", "build", "-o", executable, ".")
	build.Dir = asked.Info.ProgramDirectory
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build in %s: %w\n%s", build.Dir, err, said)
	}
	return exec.CommandContext(ctx, executable, asked.Args...), nil
}

// pythonProgram takes the Python of the virtual environment that Pulumi.yaml names, or else the machine's.
func pythonProgram(
	ctx context.Context, asked *pulumirpc.RunRequest, work string, facts []fact,
) (*exec.Cmd, error) {
	options, err := optionsOf(asked, "virtualenv")
	if err != nil {
		return nil, err
	}
	python := "python3"
	if folder, given := options["virtualenv"]; given {
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(asked.Info.RootDirectory, folder)
		}
		python = filepath.Join(folder, "bin", "python")
		if _, err := os.Stat(python); err != nil {
			return nil, fmt.Errorf(
				"%s, which runtime.options.virtualenv in Pulumi.yaml names, is no virtual environment: "+
					"make it by python3 -m venv, and install requirements.txt in it", folder,
			)
		}
	}
	runner := filepath.Join(work, "pulumi-language-python-exec")
	if err := os.WriteFile(runner, pythonRunner, 0o600); err != nil {
		return nil, err
	}
	arguments := []string{"-u", runner, "--pwd", asked.Info.ProgramDirectory}
	for _, each := range facts {
		arguments = append(arguments, "--"+each.name, each.value)
	}
	arguments = append(arguments, asked.Info.EntryPoint)
	return exec.CommandContext(ctx, python, append(arguments, asked.Args...)...), nil
}

// optionsOf reads the runtime's options in Pulumi.yaml, and refuses those that are not known here.
func optionsOf(asked *pulumirpc.RunRequest, known ...string) (map[string]string, error) {
	options := map[string]string{}
	for name, value := range asked.Info.Options.AsMap() {
		text, isText := value.(string)
		if !isText || !slices.Contains(known, name) {
			return nil, fmt.Errorf(
				"runtime.options.%s (%v) in Pulumi.yaml is none that the local cloud takes for this language: it takes %q",
				name, value, known,
			)
		}
		options[name] = text
	}
	return options, nil
}

// outcome is what the engine is told of how a program ended.
func outcome(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == constant.ExitStatusLoggedError:
		// It has said itself why.
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended: %v", err)}, nil
	}
}
