package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"

	dotnet "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3/codegen"
	"github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// request is what is asked for: a package in a language, by a schema.
type request struct {
	language, directory string
	schema              []byte
	extraFiles          map[string][]byte
	dependencies        map[string]string
	// local is whether a program has the package in a folder of its own.
	local bool
}

// generate writes the package's files into the directory.
func generate(asked request) error {
	var spec schema.PackageSpec
	if err := json.Unmarshal(asked.schema, &spec); err != nil {
		return fmt.Errorf("the schema: %w", err)
	}
	// The schemas refer to no other package, so nothing is ever asked of a loader.
	loader := struct{ schema.ReferenceLoader }{}
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	files, err := asked.files(bound, loader)
	if err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(asked.directory, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (asked request) files(bound *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
	const tool = "pulumi-sdk"
	switch asked.language {
	case "nodejs":
		return nodejs.GeneratePackage(tool, bound, asked.extraFiles, asked.dependencies, asked.local, loader)
	case "python":
		return python.GeneratePackage(tool, bound, asked.extraFiles, loader)
	case "go":
		return gen.GeneratePackage(tool, bound, asked.dependencies)
	case "dotnet":
		// It puts a picture into the package, which it would get from the internet.
		http.DefaultClient.Transport = picture{}
		return dotnet.GeneratePackage(tool, bound, asked.extraFiles, asked.dependencies)
	default:
		return nil, fmt.Errorf(
			"it writes no packages for %s: only for nodejs, python, go and dotnet", asked.language,
		)
	}
}

// picture answers whatever is asked for with a picture of one point.
type picture struct{}

func (picture) RoundTrip(request *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	err := png.Encode(&text, image.NewRGBA(image.Rect(0, 0, 1, 1)))
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(&text), Request: request}, err
}
