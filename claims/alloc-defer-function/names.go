// Command names looks for functions, methods and variables in the runtime's source, all of its files for this
// platform: WANTED is a list of names, methods as type.name.
package main

import (
	"fmt"
	"go/ast"
	"log"
	"os"
	"strings"
)

// described tells what a name stands for in the runtime: a function, a field of a structure, or nothing.
func described(files []*ast.File, functions map[string]*ast.FuncDecl, name string) string {
	if functions[name] != nil {
		return "function"
	}
	if dot := strings.Index(name, "."); dot > 0 {
		switch typ := fieldOf(files, name[:dot], name[dot+1:]).(type) {
		case nil:
		case *ast.ArrayType:
			return "field, an array"
		default:
			return fmt.Sprintf("field, %T", typ)
		}
	}
	return "nothing"
}

func main() {
	files, err := runtimeFiles()
	if err != nil {
		log.Fatal(err)
	}
	functions := functionsOf(files)
	there := 0
	for i, name := range strings.Fields(os.Getenv("WANTED")) {
		is := described(files, functions, name)
		if is == "function" {
			there++
		}
		fmt.Printf("name %d: %s is %s\n", i+1, name, is)
	}
	pool := described(files, functions, "p.deferpool")
	fmt.Printf("{\"metric\": \"functions\", \"value\": %d}\n", there)
	fmt.Printf("{\"metric\": \"searched\", \"value\": %d}\n", len(functions))
	fmt.Printf("p.deferpool is %s\n", pool)
}
