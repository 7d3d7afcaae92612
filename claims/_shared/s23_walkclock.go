// Command walkclock copies the runtime's mgcmark.go and puts a clock around the one place of the collector that
// walks a goroutine's list of pending defers, and another one around gcDrain, which is all of marking. Nothing else is
// changed, and the walk itself is not touched.
//
// The place is found in the syntax tree: in the function scanstack the loop that begins with gp._defer, together
// with the call of tracebackdefers before it where the release has one (up to Go 1.17; it walks the list as well).
//
// Usage: walkclock -runtime GOROOT/src/runtime -out FOLDER [-spin NS] [-counters]
//
// FOLDER gets mgcmark.go and overlay.json for `go build -overlay`. -spin makes every walk of a list that is not empty last NS at least.
// -counters switches the performance counters of file descriptors 30 and 31 on for the walk.
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

//go:linkname deferDrainNanos runtime.deferDrainNanos
var deferDrainNanos uint64

//go:nowritebarrier
func deferDrained(elapsed int64) {
	atomic.Xadd64(&deferDrainNanos, elapsed)
}

//go:nowritebarrier
func deferWalked(gp *g, elapsed int64) {
	if gp._defer == nil {
		return
	}
	records := int64(0)
	for d := gp._defer; d != nil; d = d.link {
		records++
	}
	atomic.Xadd64(&deferWalkNanos, elapsed)
	atomic.Xadd64(&deferWalkRecords, records)
	atomic.Xadd64(&deferWalkLists, 1)
}
`

// counters switches both counters: 0x2400 is PERF_EVENT_IOC_ENABLE, 0x2401 PERF_EVENT_IOC_DISABLE, 16 is ioctl.
const counters = `
//go:nowritebarrier
func deferCounters(gp *g, request uintptr) {
	if gp._defer != nil {
		counting.Syscall6(16, 30, request, 0, 0, 0, 0)
		counting.Syscall6(16, 31, request, 0, 0, 0, 0)
	}
}
`

func main() {
	log.SetFlags(0)
	folder := flag.String("runtime", "", "the runtime's sources")
	out := flag.String("out", "", "where the changed file goes")
	spin := flag.Int64("spin", 0, "least time of a walk, in ns")
	counted := flag.Bool("counters", false, "switch counters on for the walk")
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

	before, after := "walkStart := nanotime()\n", ""
	if *spin > 0 {
		after = fmt.Sprintf("\nfor gp._defer != nil && nanotime()-walkStart < %d {\n}", *spin)
	}
	after += "\ndeferWalked(gp, nanotime()-walkStart)"
	end, imports := added, ""
	if *counted {
		before = "deferCounters(gp, 0x2400)\n" + before
		after = "\ndeferCounters(gp, 0x2401)" + after
		imports = "\n\tcounting \"" + syscallPackage(*folder) + "\"\n"
		end += counters
	}
	pieces := []piece{
		{offset(importsEnd(file)), imports},
		{offset(first), before},
		{offset(last), after},
	}
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

// importsEnd is the closing parenthesis of the imports.
func importsEnd(file *ast.File) token.Pos {
	for _, declaration := range file.Decls {
		if d, ok := declaration.(*ast.GenDecl); ok && d.Tok == token.IMPORT && d.Rparen != token.NoPos {
			return d.Rparen
		}
	}
	log.Fatal("mgcmark.go has no list of imports")
	return token.NoPos
}

// syscallPackage is the package that gives the runtime raw system calls: it has moved.
func syscallPackage(folder string) string {
	source := filepath.Dir(folder)
	for _, name := range []string{"internal/runtime/syscall/linux", "internal/runtime/syscall", "runtime/internal/syscall"} {
		if files, _ := filepath.Glob(filepath.Join(source, name, "*.go")); len(files) > 0 {
			return name
		}
	}
	log.Fatal("this release has no package of raw system calls")
	return ""
}

func write(path, text string) {
	if err := ioutil.WriteFile(path, []byte(text), 0644); err != nil {
		log.Fatal(err)
	}
}
