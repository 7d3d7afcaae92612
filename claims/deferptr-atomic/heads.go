// Command heads reads the runtime's source and counts, in the functions that register deferred calls (REGISTER)
// and in those that take them off the list (REMOVE), how the list's head (HEAD) is changed: by a plain
// assignment or by an atomic operation.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"log"
	"os"
	"strings"
)

// changing are the operations of the runtime's atomic package that change what they are given.
var changing = []string{"Store", "Swap", "CompareAndSwap", "Xchg", "Cas", "atomicstorep", "atomicwb"}

func isChanging(name string) bool {
	for _, prefix := range changing {
		if strings.HasPrefix(name, prefix) || strings.HasPrefix(name, strings.ToLower(prefix)) {
			return true
		}
	}
	return false
}

// speaksOf tells whether an expression names the head, as a field or as a variable.
func speaksOf(expression ast.Node, head string) bool {
	found := false
	ast.Inspect(expression, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && name.Name == head {
			found = true
		}
		return !found
	})
	return found
}

// isAtomic tells whether a call changes the head atomically: head.Store(x), or atomic.Storep(&head, x).
func isAtomic(call *ast.CallExpr, head string) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		if !isChanging(f.Name) {
			return false
		}
	case *ast.SelectorExpr:
		if !isChanging(f.Sel.Name) {
			return false
		}
		if speaksOf(f.X, head) {
			return true
		}
	default:
		return false
	}
	return len(call.Args) > 0 && speaksOf(call.Args[0], head)
}

func text(node ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), node); err != nil {
		log.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func count(functions map[string]*ast.FuncDecl, names, head string) (plain, atomic int) {
	for _, name := range strings.Fields(names) {
		f := functions[name]
		if f == nil || f.Body == nil {
			continue // not in this release
		}
		ast.Inspect(f.Body, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if n.Tok == token.ASSIGN && speaksOf(left, head) {
						fmt.Printf("%s: plain: %s\n", name, text(n))
						plain++
					}
				}
			case *ast.CallExpr:
				if isAtomic(n, head) {
					fmt.Printf("%s: atomic: %s\n", name, text(n))
					atomic++
				}
			}
			return true
		})
	}
	return plain, atomic
}

func main() {
	files, err := runtimeFiles()
	if err != nil {
		log.Fatal(err)
	}
	functions, head := functionsOf(files), os.Getenv("HEAD")
	for _, end := range []string{"register", "remove"} {
		plain, atomic := count(functions, os.Getenv(strings.ToUpper(end)), head)
		fmt.Printf("{\"metric\": \"%s_plain\", \"value\": %d}\n", end, plain)
		fmt.Printf("{\"metric\": \"%s_atomic\", \"value\": %d}\n", end, atomic)
	}
	declared := fieldOf(files, os.Getenv("STRUCTURE"), head)
	if declared == nil {
		log.Fatalf("%s has no field %s", os.Getenv("STRUCTURE"), head)
	}
	fmt.Printf("declared %s.%s %s\n", os.Getenv("STRUCTURE"), head, text(declared))
}
