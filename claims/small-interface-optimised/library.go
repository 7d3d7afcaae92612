// Command library counts the same in the standard library of the toolchain that runs it: calls of a method through
// an interface with one or two methods, in the packages named, and how many of them the compiler devirtualized
// or inlined by its diagnostics (-gcflags=-m) on standard input.
//
// A small function that is inlined into several callers can be devirtualized in each; every such place counts,
// while the site counts once. So the rates printed are upper bounds.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const smallest = 2 // an interface with at most so many methods is small

var found = regexp.MustCompile(`^(\S+\.go:\d+:\d+): devirtualizing \S+\.(\w+) to `)

func main() {
	build.Default.CgoEnabled = false
	devirtualized := map[string]string{}
	inlined := map[string]bool{}
	for messages := bufio.NewScanner(os.Stdin); messages.Scan(); {
		text := messages.Text()
		if m := found.FindStringSubmatch(text); m != nil {
			devirtualized[m[1]] = m[2]
		}
		if parts := strings.SplitN(text, ": inlining call to ", 2); len(parts) == 2 {
			inlined[parts[0]+" "+parts[1][strings.LastIndex(parts[1], ".")+1:]] = true
		}
	}
	both := 0
	for at, method := range devirtualized {
		if inlined[at+" "+method] {
			both++
		}
	}
	sites := 0
	files := token.NewFileSet()
	from := importer.ForCompiler(files, "source", nil)
	for _, path := range os.Args[1:] {
		n := count(files, from, path)
		fmt.Printf("%-20s %d sites\n", path, n)
		sites += n
	}
	fmt.Printf("{\"metric\": \"sites\", \"value\": %d}\n", sites)
	fmt.Printf("{\"metric\": \"devirtualized\", \"value\": %.2f, \"unit\": \"%%\"}\n", 100*float64(len(devirtualized))/float64(sites))
	fmt.Printf("{\"metric\": \"inlined\", \"value\": %.2f, \"unit\": \"%%\"}\n", 100*float64(both)/float64(sites))
}

// count type-checks a package and counts its calls through small interfaces.
func count(files *token.FileSet, from types.Importer, path string) int {
	found, err := build.Import(path, ".", 0)
	if err != nil {
		log.Fatal(err)
	}
	var parsed []*ast.File
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(files, filepath.Join(found.Dir, name), nil, 0)
		if err != nil {
			log.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}}
	if _, err := (&types.Config{Importer: from}).Check(path, files, parsed, info); err != nil {
		log.Fatal(err)
	}
	n := 0
	for _, file := range parsed {
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if selector, ok := call.Fun.(*ast.SelectorExpr); ok && throughSmallInterface(info.Selections[selector]) {
					n++
				}
			}
			return true
		})
	}
	return n
}

func throughSmallInterface(selection *types.Selection) bool {
	if selection == nil || selection.Kind() != types.MethodVal {
		return false
	}
	face, ok := selection.Recv().Underlying().(*types.Interface)
	return ok && face.NumMethods() <= smallest
}
