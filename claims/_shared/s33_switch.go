// Command s33_switch copies the runtime's panic.go and puts a switch into the two functions by which records of deferred
// calls come and go: newdefer, and the one that frees a record (popDefer since Go 1.23, freedefer before). Nothing
// else is changed. The switch is the runtime's variable deferSource:
//
//	0  the runtime's own code: the pool of the P, then the central pool, then the allocator
//	1  the allocator alone: every record is new, and a freed one is left to the collector
//	2  neither: records from a fixed array, which is what registering costs without getting a record
//	3  the central pool alone, under its lock: what the pools of the Ps save
//
// Every lock of the central pool is counted in deferLocks, and in deferContended if it was held by another.
//
// Usage: s33_switch -runtime GOROOT/src/runtime -out FOLDER
//
// FOLDER gets panic.go and overlay.json for `go build -overlay`.
package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"sort"
)

const added = `
//go:linkname deferSource runtime.deferSource
var deferSource uint32

//go:linkname deferLocks runtime.deferLocks
var deferLocks uint64

//go:linkname deferContended runtime.deferContended
var deferContended uint64

var (
	deferArray [1024]_defer
	deferNext  uint32
)

func deferLock() {
	atomic.Xadd64(&deferLocks, 1)
	if sched.deferlock.key&3 != 0 {
		atomic.Xadd64(&deferContended, 1)
	}
	lock(&sched.deferlock)
}

func deferElsewhere() *_defer {
	var d *_defer
	switch deferSource {
	case 1:
		d = new(_defer)
	case 2:
		d = &deferArray[deferNext%uint32(len(deferArray))]
		deferNext++
	default:
		mp := acquirem()
		deferLock()
		if d = sched.deferpool; d != nil {
			sched.deferpool, d.link = d.link, nil
		}
		unlock(&sched.deferlock)
		releasem(mp)
		if d == nil {
			d = new(_defer)
		}
	}
	d.heap = true
	return d
}

func deferGone(d *_defer) {
	if deferSource != 3 {
		return
	}
	*d = _defer{}
	mp := acquirem()
	deferLock()
	d.link, sched.deferpool = sched.deferpool, d
	unlock(&sched.deferlock)
	releasem(mp)
}
`

// piece is text that takes the place of the file's from one offset to another.
type piece struct {
	from, to int
	text     string
}

func main() {
	log.SetFlags(0)
	folder := flag.String("runtime", "", "the runtime's sources")
	out := flag.String("out", "", "where the changed file goes")
	flag.Parse()

	path := filepath.Join(*folder, "panic.go")
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, 0)
	if err != nil {
		log.Fatal(err)
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }

	start := offset(declared(file, "newdefer").Body.Lbrace) + 1
	kept := offset(notOfHeap(declared(file, "popDefer", "freedefer")).End())
	pieces := []piece{
		{start, start, "\nif deferSource != 0 {\nreturn deferElsewhere()\n}"},
		{kept, kept, "\nif deferSource != 0 {\ndeferGone(d)\nreturn\n}"},
	}
	for _, locking := range locks(file) {
		pieces = append(pieces, piece{offset(locking.Pos()), offset(locking.End()), "deferLock()"})
	}
	sort.Slice(pieces, func(i, j int) bool { return pieces[i].from < pieces[j].from })
	changed, done := "", 0
	for _, p := range pieces {
		changed += string(text[done:p.from]) + p.text
		done = p.to
	}
	changed += string(text[done:]) + added

	if err := os.MkdirAll(*out, 0755); err != nil {
		log.Fatal(err)
	}
	target, err := filepath.Abs(filepath.Join(*out, "panic.go"))
	if err != nil {
		log.Fatal(err)
	}
	write(target, changed)
	write(filepath.Join(*out, "overlay.json"), fmt.Sprintf("{\"Replace\": {%q: %q}}\n", path, target))
}

// declared is the function of the first of these names that the file has.
func declared(file *ast.File, names ...string) *ast.FuncDecl {
	for _, name := range names {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Name.Name == name {
				return function
			}
		}
	}
	log.Fatalf("panic.go has no function %s", names)
	return nil
}

// notOfHeap is the statement by which the function leaves a record alone that is not on the heap: if !d.heap { return }.
func notOfHeap(function *ast.FuncDecl) ast.Stmt {
	for _, statement := range function.Body.List {
		if s, ok := statement.(*ast.IfStmt); ok {
			if not, ok := s.Cond.(*ast.UnaryExpr); ok && not.Op == token.NOT && selected(not.X) == "heap" {
				return s
			}
		}
	}
	log.Fatalf("%s does not ask whether a record is on the heap", function.Name.Name)
	return nil
}

// locks are the calls lock(&sched.deferlock): one where records are taken, one where they are given back.
func locks(file *ast.File) (found []*ast.CallExpr) {
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		name, isName := call.Fun.(*ast.Ident)
		address, isAddress := call.Args[0].(*ast.UnaryExpr)
		if isName && isAddress && name.Name == "lock" && selected(address.X) == "deferlock" {
			found = append(found, call)
		}
		return true
	})
	if len(found) != 2 {
		log.Fatalf("panic.go locks the central pool in %d places", len(found))
	}
	return found
}

func selected(x ast.Expr) string {
	if s, ok := x.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

func write(path, text string) {
	if err := os.WriteFile(path, []byte(text), 0644); err != nil {
		log.Fatal(err)
	}
}
