// This file is part of programs that read the runtime's own source as Go's parser sees it: declarations, not
// text, so that a comment or a string proves nothing.

package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/ioutil"
	"log"
	"os"
	"path/filepath"
	"strings"
)

var positions = token.NewFileSet()

// parsed returns the syntax trees of the folder's Go files in which one of the words stands, tests left out.
func parsed(folder string, words ...string) []*ast.File {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		log.Fatalf("no Go files in %s", folder)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := ioutil.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(text, []byte(word)) {
				file, err := parser.ParseFile(positions, name, text, 0)
				if err != nil {
					log.Fatal(err)
				}
				files = append(files, file)
				break
			}
		}
	}
	return files
}

// written is a piece of syntax as it is written in Go.
func written(node interface{}) string {
	var text bytes.Buffer
	if err := printer.Fprint(&text, positions, node); err != nil {
		log.Fatal(err)
	}
	return text.String()
}

// place is the file and line of a piece of syntax.
func place(node ast.Node) string {
	at := positions.Position(node.Pos())
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
}

// structure finds the declaration of the structure type in the files.
func structure(files []*ast.File, name string) (*ast.StructType, string) {
	for _, file := range files {
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if kind, ok := spec.(*ast.TypeSpec); ok && kind.Name.Name == name {
					if fields, ok := kind.Type.(*ast.StructType); ok {
						return fields, place(kind)
					}
				}
			}
		}
	}
	log.Fatalf("no structure %s is declared", name)
	return nil, ""
}

// runtimeFolder is where the runtime's source lies: SOURCE if it is set, else the toolchain's own.
func runtimeFolder() string {
	if folder := os.Getenv("SOURCE"); folder != "" {
		return folder
	}
	return filepath.Join(os.Getenv("GOROOT"), "src", "runtime")
}
