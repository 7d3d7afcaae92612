// Command spawn counts the goroutine descriptors that a thousand go statements are given, after a thousand others. OTHERS
// says what has become of these: they wait (alive) or have ended (ended). CALL=1 calls the function
// instead of starting goroutines.
//
// What has been given out is read from the runtime's list of all descriptors: those whose goroutine has not ended. How many of
// them are new memory is told by their size: the count is of heap objects of the size class that a runtime.g needs, and
// nothing else of that size is allocated meanwhile.
package main

import (
	"fmt"
	"go/ast"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

const (
	goroutines = 1000

	// States of a descriptor that is in use, from _Grunnable to _Gwaiting, and a bit that the collector adds.
	runnable, waiting = 1, 4
	scanned           = 0x1000
)

var ended int

// inUse is the number of descriptors that belong to a goroutine.
func inUse(v *view) (count int) {
	var slice [2]uint64
	v.words(v.symbol("runtime.allgs"), slice[:])
	status := v.offset("runtime.g", "atomicstatus")
	for i := uint64(0); i < slice[1]; i++ {
		state := v.word(v.word(slice[0]+8*i)+status) & 0xffffffff &^ scanned
		if runnable <= state && state <= waiting {
			count++
		}
	}
	return count
}

func ends() { ended++ }

func waits() { select {} }

// start runs on one processor, so that none of the goroutines runs before all have been started.
func start(f func()) {
	for i := 0; i < goroutines; i++ {
		go f()
	}
}

func objects(class int) uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.BySize[class].Mallocs
}

// classOf is the index of the size class that fits an object with pointers. (Since Go 1.22 objects of more than
// 512 bytes carry a header of 8.)
func classOf(size int64) int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if size > 512 && !strings.HasPrefix(runtime.Version(), "go1.1") && !strings.HasPrefix(runtime.Version(), "go1.21") {
		size += 8
	}
	for i, class := range stats.BySize {
		if int64(class.Size) >= size {
			return i
		}
	}
	log.Fatalf("no size class for %d bytes", size)
	return 0
}

// makes tells whether a function's body has the expression new(g).
func makes(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		made, isName := call.Args[0].(*ast.Ident)
		if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "new" && isName && made.Name == "g" {
			found = true
		}
		return true
	})
	return found
}

// chain is the shortest way by calls from a function of the runtime to one that makes a descriptor.
func chain(functions map[string]*ast.FuncDecl, from string) string {
	ways, seen := [][]string{{from}}, map[string]bool{from: true}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		f := functions[way[len(way)-1]]
		if f == nil || f.Body == nil {
			continue
		}
		if makes(f) {
			return strings.Join(way, " > ") + " > new(g)"
		}
		ast.Inspect(f.Body, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.Ident); ok && functions[called.Name] != nil && !seen[called.Name] && len(way) < 4 {
				seen[called.Name] = true
				ways = append(ways, append(append([]string{}, way...), called.Name))
			}
			return true
		})
	}
	return "none"
}

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	g, err := layoutOf("runtime.g")
	if err != nil {
		log.Fatal(err)
	}
	v := openView()
	class := classOf(g.ByteSize)
	files, err := runtimeFiles()
	if err != nil {
		log.Fatal(err)
	}
	way := chain(functionsOf(files), "newproc")
	others, second := waits, func() { start(waits) }
	if os.Getenv("OTHERS") == "ended" {
		others = ends
	}
	if os.Getenv("CALL") != "" {
		second = func() {
			for i := 0; i < goroutines; i++ {
				ends()
			}
		}
	}

	before := objects(class)
	start(others)
	first := objects(class) - before
	for os.Getenv("OTHERS") == "ended" && ended < goroutines {
		runtime.Gosched()
	}
	before = objects(class)
	used := inUse(v)
	second()
	given := inUse(v) - used
	more := objects(class) - before

	fmt.Printf("{\"metric\": \"descriptor\", \"value\": %d, \"unit\": \"B\"}\n", g.ByteSize)
	fmt.Printf("{\"metric\": \"first_thousand\", \"value\": %d}\n", first)
	fmt.Printf("{\"metric\": \"given\", \"value\": %d}\n", given)
	fmt.Printf("{\"metric\": \"second_thousand\", \"value\": %d}\n", more)
	fmt.Printf("way from newproc to a new descriptor: %s\n", way)
}
