package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// selection is the part of the provider that a program uses, by the names in
// its package: "BuildDefinition", "getProject".
type selection struct {
	Resources []string `json:"resources"`
	Functions []string `json:"functions"`
}

func readSelection(file string) (selection, error) {
	var wanted selection
	text, err := os.ReadFile(file)
	if err != nil {
		return wanted, err
	}
	if err := json.Unmarshal(text, &wanted); err != nil {
		return wanted, fmt.Errorf("%s: %w", file, err)
	}
	return wanted, nil
}

// restrict keeps of the schema what is selected, the provider with its methods,
// and the types that these refer to. A name that the provider does not have is an error.
func (wanted selection) restrict(spec schema.PackageSpec) (schema.PackageSpec, error) {
	resources, err := pick(spec.Resources, wanted.Resources)
	if err != nil {
		return spec, err
	}
	functions, err := pick(spec.Functions, wanted.Functions)
	if err != nil {
		return spec, err
	}
	for _, token := range spec.Provider.Methods {
		functions[token] = spec.Functions[token]
	}
	types := map[string]schema.ComplexTypeSpec{}
	if err := addTypes(types, spec.Types, []any{resources, functions, spec.Config, spec.Provider}); err != nil {
		return spec, err
	}
	spec.Resources, spec.Functions, spec.Types = resources, functions, types
	return spec, nil
}

func pick[Spec any](all map[string]Spec, names []string) (map[string]Spec, error) {
	tokens := map[string]string{}
	for token := range all {
		tokens[token[strings.LastIndex(token, ":")+1:]] = token
	}
	picked := map[string]Spec{}
	for _, name := range names {
		token, found := tokens[name]
		if !found {
			return nil, fmt.Errorf("the provider has no %q; names are like BuildDefinition and getProject", name)
		}
		picked[token] = all[token]
	}
	return picked, nil
}

// addTypes adds to types those of all that a part of the schema refers to,
// directly or through another type.
func addTypes(types, all map[string]schema.ComplexTypeSpec, part any) error {
	text, err := json.Marshal(part)
	if err != nil {
		return err
	}
	for token, spec := range all {
		if _, known := types[token]; known || !strings.Contains(string(text), `"#/types/`+token+`"`) {
			continue
		}
		types[token] = spec
		if err := addTypes(types, all, spec); err != nil {
			return err
		}
	}
	return nil
}
