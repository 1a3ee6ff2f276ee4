// Command sdk writes the source of the TypeScript package for a part of the
// provider.
//
//	sdk SCHEMA LIST DIRECTORY
//
// SCHEMA is the provider's schema, LIST a JSON file that names the resources
// and functions, and DIRECTORY is where the source goes.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen/schemafilter"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 3 {
		return errors.New("usage: sdk SCHEMA LIST DIRECTORY")
	}
	spec, err := readSchema(arguments[0])
	if err != nil {
		return err
	}
	wanted, err := readSelection(arguments[1])
	if err != nil {
		return err
	}
	spec, err = wanted.restrict(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", arguments[1], err)
	}
	files, err := generate(spec)
	if err != nil {
		return err
	}
	return write(files, arguments[2])
}

// readSchema returns the schema with its descriptions worded for TypeScript.
func readSchema(file string) (schema.PackageSpec, error) {
	var spec schema.PackageSpec
	text, err := os.ReadFile(file)
	if err != nil {
		return spec, err
	}
	if err := json.Unmarshal(schemafilter.FilterSchemaByLanguage(text, "nodejs"), &spec); err != nil {
		return spec, fmt.Errorf("%s: %w", file, err)
	}
	return spec, nil
}

// generate returns the package's files by their paths in the package.
func generate(spec schema.PackageSpec) (map[string][]byte, error) {
	// The schema refers to no other package, so nothing is ever asked of a loader.
	loader := struct{ schema.ReferenceLoader }{}
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	generated, err := nodejs.GeneratePackage("npm run sdk", bound, nil, nil, false, loader)
	if err != nil {
		return nil, err
	}

	files := map[string][]byte{}
	for name, text := range generated {
		if path.Ext(name) == ".ts" {
			files[name] = text
		}
	}
	files["package.json"], err = describeCompiled(generated["package.json"])
	return files, err
}

// description is what stays of the generated package.json: what a package
// needs that is compiled already, in place, beside its package.json.
type description struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	License      string            `json:"license"`
	Repository   string            `json:"repository"`
	Main         string            `json:"main"`
	Dependencies map[string]string `json:"dependencies"`
	Pulumi       json.RawMessage   `json:"pulumi"`
}

func describeCompiled(generated []byte) ([]byte, error) {
	var fields description
	if err := json.Unmarshal(generated, &fields); err != nil {
		return nil, err
	}
	fields.Main = "index.js"
	text, err := json.MarshalIndent(fields, "", "  ")
	return append(text, '\n'), err
}

func write(files map[string][]byte, directory string) error {
	for name, text := range files {
		file := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
