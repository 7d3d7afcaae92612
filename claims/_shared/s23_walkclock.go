// Command walkclock copies the runtime's mgcmark.go and puts a clock around the one place of the collector that
// walks a goroutine's list of pending defers, and another one around gcDrain, which is all of marking. Nothing else is
// changed, and the walk itself is not touched.
//
// The place is found in the syntax tree: in the function scanstack the loop that begins with gp._defer, together
// with the call of tracebackdefers before it where the release has one (up to Go 1.17; it walks the list as well).
//
// Usage: walkclock -runtime GOROOT/src/runtime -out FOLDER [-hops]
//
// FOLDER gets mgcmark.go and overlay.json for `go build -overlay`. -hops adds a clock for each hop along the
// list.
package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/ioutil"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// added stands at the end of the changed file. The counting comes after the clock has stopped.
const added = `
//go:linkname deferWalkNanos runtime.deferWalkNanos
var deferWalkNanos uint64

//go:linkname deferWalkRecords runtime.deferWalkRecords
var deferWalkRecords uint64

//go:linkname deferWalkLists runtime.deferWalkLists
var deferWalkLists uint64

//go:linkname deferWalkNear runtime.deferWalkNear
var deferWalkNear uint64

//go:linkname deferDrainNanos runtime.deferDrainNanos
var deferDrainNanos uint64

// No walk of a list that is not empty is shorter than so many nanoseconds.
//
//go:linkname deferWalkLeast runtime.deferWalkLeast
var deferWalkLeast int64

// What package os asks the runtime for; a program on this runtime does without os.
//
//go:linkname deferArguments runtime.deferArguments
func deferArguments() []string {
	return argslice
}

//go:nowritebarrier
func deferDrained(elapsed int64) {
	atomic.Xadd64(&deferDrainNanos, elapsed)
}

//go:nowritebarrier
func deferWalked(gp *g, elapsed int64) {
	if gp._defer == nil {
		return
	}
	records, near := int64(0), int64(0)
	for d := gp._defer; d != nil; d = d.link {
		records++
		if apart := int64(uintptr(unsafe.Pointer(d.link))) - int64(uintptr(unsafe.Pointer(d))); -128 <= apart && apart <= 128 {
			near++
		}
	}
	atomic.Xadd64(&deferWalkNanos, elapsed)
	atomic.Xadd64(&deferWalkRecords, records)
	atomic.Xadd64(&deferWalkLists, 1)
	atomic.Xadd64(&deferWalkNear, near)
}
`

// walked stands after the walk.
const walked = `
	walkElapsed := nanotime() - walkStart
	for gp._defer != nil && walkElapsed < deferWalkLeast {
		walkElapsed = nanotime() - walkStart
	}
	deferWalked(gp, walkElapsed)`

// hops goes along a list before the walk does, with a clock on every hop: how many processor ticks pass until a record's link
// has been read. What is counted is how many hops took 0 to 7 ticks, 8 to 15, and so on.
const hops = `
//go:linkname deferHops runtime.deferHops
var deferHops [1024]uint32

//go:nowritebarrier
func deferClockHops(gp *g) {
	for d := gp._defer; d != nil; {
		start := cputicks()
		next := d.link
		ticks := uint64(cputicks()-start) / 8
		d = next
		if ticks >= uint64(len(deferHops)) {
			ticks = uint64(len(deferHops)) - 1
		}
		deferHops[ticks]++
	}
}
`

func main() {
	log.SetFlags(0)
	folder := flag.String("runtime", "", "the runtime's sources")
	out := flag.String("out", "", "where the changed file goes")
	hopped := flag.Bool("hops", false, "put a clock on every hop along the list, before the walk")
	flag.Parse()

	path := filepath.Join(*folder, "mgcmark.go")
	text, err := ioutil.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, 0)
	if err != nil {
		log.Fatal(err)
	}
	first, last := walk(file)
	offset := func(p token.Pos) int { return files.Position(p).Offset }

	before, end := "walkStart := nanotime()\n", added
	if *hopped {
		before = "deferClockHops(gp)\n" + before
		end += hops
	}
	pieces := []piece{{offset(first), before}, {offset(last), walked}}
	drain := declared(file, "gcDrain")
	ast.Inspect(drain.Body, func(n ast.Node) bool {
		if _, leaves := n.(*ast.ReturnStmt); leaves {
			log.Fatal("gcDrain has more than one way out")
		}
		return true
	})
	pieces = append(pieces,
		piece{offset(drain.Body.Lbrace) + 1, "\ndrainStart := nanotime()"},
		piece{offset(drain.Body.Rbrace), "deferDrained(nanotime()-drainStart)\n"})
	sort.Slice(pieces, func(i, j int) bool { return pieces[i].at < pieces[j].at })
	changed, done := "", 0
	for _, p := range pieces {
		changed += string(text[done:p.at]) + p.text
		done = p.at
	}
	changed += string(text[done:]) + end

	if err := os.MkdirAll(*out, 0755); err != nil {
		log.Fatal(err)
	}
	target, err := filepath.Abs(filepath.Join(*out, "mgcmark.go"))
	if err != nil {
		log.Fatal(err)
	}
	write(target, changed)
	write(filepath.Join(*out, "overlay.json"), fmt.Sprintf("{\"Replace\": {%q: %q}}\n", path, target))
}

// piece is text that is put into the file, at an offset of the file as it was.
type piece struct {
	at   int
	text string
}

func declared(file *ast.File, name string) *ast.FuncDecl {
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Name.Name == name {
			return function
		}
	}
	log.Fatalf("mgcmark.go has no function %s", name)
	return nil
}

// walk returns the beginning and the end of what walks the list in scanstack.
func walk(file *ast.File) (first, last token.Pos) {
	for _, statement := range declared(file, "scanstack").Body.List {
		switch s := statement.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "tracebackdefers" {
					first = s.Pos()
				}
			}
		case *ast.ForStmt:
			if init, ok := s.Init.(*ast.AssignStmt); ok && strings.HasSuffix(selected(init.Rhs[0]), "._defer") {
				if first == token.NoPos {
					first = s.Pos()
				}
				return first, s.End()
			}
		}
	}
	log.Fatal("scanstack has no loop over gp._defer")
	return
}

func selected(x ast.Expr) string {
	if s, ok := x.(*ast.SelectorExpr); ok {
		return "." + s.Sel.Name
	}
	return ""
}

func write(path, text string) {
	if err := ioutil.WriteFile(path, []byte(text), 0644); err != nil {
		log.Fatal(err)
	}
}
