// Read from the runtime's own source which moments bound the middle figure, and what the runtime does
// to the program at these moments.
//
// Usage: phases GOROOT/src/runtime/mgc.go
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
)

// event is a call or an assignment that matters; they are kept in the order of the text.
type event struct {
	function string
	name     string
}

func selector(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

// events lists, function by function, where the moments are taken and where the world is stopped and started.
func events(file *ast.File) (found []event) {
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		ast.Inspect(f.Body, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.Ident: // called, or handed to systemstack
				if n.Name == "startTheWorldWithSema" || n.Name == "stopTheWorldWithSema" {
					found = append(found, event{f.Name.Name, n.Name})
				}
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					switch name := selector(left); name {
					case "tSweepTerm", "tMark", "tMarkTerm", "tEnd":
						found = append(found, event{f.Name.Name, name})
					}
				}
			}
			return true
		})
	}
	return found
}

// printed gives the moments in the order in which the clock's three figures are printed: each figure is
// the time from the moment before. The loop is the one over {work.tMark, work.tMarkTerm, work.tEnd}.
func printed(file *ast.File) (moments []string) {
	ast.Inspect(file, func(node ast.Node) bool {
		loop, ok := node.(*ast.RangeStmt)
		if !ok {
			return true
		}
		list, ok := loop.X.(*ast.CompositeLit)
		if !ok || len(list.Elts) != 3 {
			return true
		}
		for _, element := range list.Elts {
			moments = append(moments, selector(element))
		}
		return false
	})
	return moments
}

// neighbour is the event beside the one that takes a moment, in the same function.
func neighbour(all []event, moment string, step int) string {
	for i, e := range all {
		if e.name != moment {
			continue
		}
		if j := i + step; j >= 0 && j < len(all) && all[j].function == e.function {
			return all[j].name
		}
	}
	return "nothing"
}

func main() {
	file, err := parser.ParseFile(token.NewFileSet(), os.Args[1], nil, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	moments := printed(file)
	if len(moments) != 3 {
		fmt.Fprintln(os.Stderr, "the loop that prints the clock was not found")
		os.Exit(1)
	}
	all := events(file)
	fmt.Printf("{\"metric\": \"middle_is\", \"value\": \"%s to %s\"}\n", moments[0], moments[1])
	fmt.Printf("{\"metric\": \"before_middle\", \"value\": %q}\n", neighbour(all, moments[0], -1))
	fmt.Printf("{\"metric\": \"after_middle\", \"value\": %q}\n", neighbour(all, moments[1], +1))
}
