// Command copies looks in the runtime's source for what copies a deferred call's arguments by the record's field siz: calls of
// memmove with the field in an argument, in the functions that run deferred calls when a function returns.
package main

import (
	"fmt"
	"go/ast"
)

// running are the functions that run deferred calls at a return, in one release or another.
var running = map[string]bool{"deferreturn": true, "nextDefer": true, "popDefer": true}

func main() {
	copies, uses := 0, 0
	for _, file := range parsed(runtimeFolder(), "_defer") {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			if running[function.Name.Name] {
				fmt.Printf("runs deferred calls: %s, %s\n", function.Name.Name, place(function))
			}
			ast.Inspect(function.Body, func(node ast.Node) bool {
				if isSiz(node) {
					uses++
					fmt.Printf("  siz in %-16s %s\n", function.Name.Name, place(node))
				}
				if call, ok := node.(*ast.CallExpr); ok && running[function.Name.Name] && copiesBySiz(call) {
					copies++
					fmt.Printf("    copied by siz: %s\n", written(call))
				}
				return true
			})
		}
	}
	fmt.Printf("{\"metric\": \"copies_by_siz\", \"value\": %d}\n", copies)
	fmt.Printf("{\"metric\": \"uses_of_siz\", \"value\": %d}\n", uses)
}

// isSiz says whether the node is the field siz of a variable called d, as the runtime calls its defer records.
func isSiz(node ast.Node) bool {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "siz" {
		return false
	}
	of, ok := selector.X.(*ast.Ident)
	return ok && of.Name == "d"
}

func copiesBySiz(call *ast.CallExpr) bool {
	if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "memmove" {
		return false
	}
	found := false
	for _, argument := range call.Args {
		ast.Inspect(argument, func(node ast.Node) bool {
			found = found || isSiz(node)
			return true
		})
	}
	return found
}
