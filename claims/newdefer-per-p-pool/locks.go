// This part of the program reads the runtime's source, src/runtime/panic.go below ROOT, and counts the calls of lock
// in the function named by FUNCTION, apart for those that are made only when the pool of this P is empty: those
// that stand in the body of an `if` one of whose conditions is `len(X.deferpool…) == 0`.

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/ioutil"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// poolEmpty tells whether the condition can hold only when a P's pool is empty.
func poolEmpty(files *token.FileSet, source []byte, condition ast.Expr) bool {
	both, isBinary := condition.(*ast.BinaryExpr)
	if !isBinary {
		return false
	}
	if both.Op == token.LAND {
		return poolEmpty(files, source, both.X) || poolEmpty(files, source, both.Y)
	}
	text := string(source[files.Position(both.X.Pos()).Offset:files.Position(both.X.End()).Offset])
	zero, isLiteral := both.Y.(*ast.BasicLit)
	return both.Op == token.EQL && isLiteral && zero.Value == "0" &&
		strings.HasPrefix(text, "len(") && strings.Contains(text, ".deferpool") && !strings.Contains(text, "sched.")
}

// finder walks a function. An empty pool is known where a surrounding `if` says so.
type finder struct {
	files        *token.FileSet
	source       []byte
	empty        bool
	counts       *[2]int // calls of lock: where the pool may hold a record, where it is empty
	localTakes   *int
	listFromProc *bool
}

func (f finder) Visit(node ast.Node) ast.Visitor {
	switch node := node.(type) {
	case *ast.IfStmt:
		inside := f
		inside.empty = f.empty || poolEmpty(f.files, f.source, node.Cond)
		if node.Init != nil {
			ast.Walk(f, node.Init)
		}
		ast.Walk(f, node.Cond)
		ast.Walk(inside, node.Body)
		if node.Else != nil {
			ast.Walk(f, node.Else)
		}
		return nil
	case *ast.CallExpr:
		name, _ := node.Fun.(*ast.Ident)
		selector, _ := node.Fun.(*ast.SelectorExpr)
		switch {
		case name != nil && strings.HasPrefix(name.Name, "lock"):
			place := 0
			if f.empty {
				place = 1
			}
			f.counts[place]++
			fmt.Printf("%s: a call of %s, pool known to be empty: %t\n", position(f.files, node), name.Name, f.empty)
		case selector != nil && selector.Sel.Name == "ptr" && strings.HasSuffix(f.text(selector.X), ".p"):
			*f.listFromProc = true
		}
	case *ast.AssignStmt:
		if len(node.Lhs) == 1 && f.text(node.Lhs[0]) == "d" && strings.HasPrefix(f.text(node.Rhs[0]), "pp.deferpool") && !f.empty {
			*f.localTakes++
			fmt.Printf("%s: %s\n", position(f.files, node), f.text(node))
		}
	}
	return f
}

func (f finder) text(node ast.Node) string {
	return string(f.source[f.files.Position(node.Pos()).Offset:f.files.Position(node.End()).Offset])
}

func position(files *token.FileSet, node ast.Node) string {
	place := files.Position(node.Pos())
	return fmt.Sprintf("%s:%d", filepath.Base(place.Filename), place.Line)
}

// report prints one line that is read.
func report(metric string, value float64) {
	fmt.Printf("{\"metric\": %q, \"value\": %g}\n", metric, value)
}

// reportLocks parses the source and prints what it counts.
func reportLocks() {
	path := filepath.Join(os.Getenv("ROOT"), "src", "runtime", "panic.go")
	source, err := ioutil.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, source, 0)
	if err != nil {
		log.Fatal(err)
	}
	var counts [2]int
	var takes int
	var fromProc bool
	found := false
	for _, declaration := range parsed.Decls {
		function, is := declaration.(*ast.FuncDecl)
		if is && function.Name.Name == os.Getenv("FUNCTION") {
			found = true
			ast.Walk(finder{files, source, false, &counts, &takes, &fromProc}, function.Body)
		}
	}
	if !found {
		log.Fatalf("no function %s in %s", os.Getenv("FUNCTION"), path)
	}
	own := 0
	if fromProc {
		own = takes
	}
	report("takes_from_p", float64(own))
	report("locks_with_record", float64(counts[0]))
	report("locks_when_empty", float64(counts[1]))
}
