// Command table prints which general registers the compiler's own table for amd64 lets values live in, read from the
// toolchain's source as syntax: the argument of buildReg that is assigned to gp. It prints a metric for each register
// named on the command line: whether it stands there.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	ssa := filepath.Join(runtime.GOROOT(), "src", "cmd", "compile", "internal", "ssa")
	name := filepath.Join(ssa, "_gen", "AMD64Ops.go")
	if _, err := os.Stat(name); err != nil {
		name = filepath.Join(ssa, "gen", "AMD64Ops.go")
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		log.Fatal(err)
	}
	registers := ""
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || spec.Names[0].Name != "gp" || len(spec.Values) != 1 {
			return true
		}
		call, ok := spec.Values[0].(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		if text, ok := call.Args[0].(*ast.BasicLit); ok {
			registers, _ = strconv.Unquote(text.Value)
		}
		return true
	})
	if registers == "" {
		log.Fatalf("%s: no set of registers named gp", name)
	}
	fmt.Printf("{\"metric\": \"general_registers\", \"value\": %q}\n", registers)
	listed := 0
	for _, wanted := range os.Args[1:] {
		for _, register := range strings.Fields(registers) {
			if register == wanted {
				listed++
			}
		}
	}
	fmt.Printf("{\"metric\": \"listed\", \"value\": %d}\n", listed)
}
