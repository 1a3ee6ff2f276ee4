// Command pulumi-sdk writes the package through which programs in a language
// use a Pulumi package, from its schema, which it reads from standard input:
//
//	pulumi-sdk LANGUAGE DIRECTORY [local]
//
// local is for a package in a folder of the program that uses it.
//
// Under a name like pulumi-language-python it is what the engine starts for
// that language, with its own address as the last argument: it writes such
// packages (`pulumi package gen-sdk`), and runs programs in Go and Python.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	var err error
	if language, isHost := strings.CutPrefix(filepath.Base(os.Args[0]), "pulumi-language-"); isHost {
		err = serve(language, os.Args[len(os.Args)-1])
	} else {
		err = run(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-sdk:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	local := len(arguments) == 3 && arguments[2] == "local"
	if len(arguments) != 2 && !local {
		return fmt.Errorf("usage: pulumi-sdk LANGUAGE DIRECTORY [local] < SCHEMA")
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	return generate(request{language: arguments[0], directory: arguments[1], schema: text, local: local})
}
