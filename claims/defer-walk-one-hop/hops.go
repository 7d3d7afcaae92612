// Command hops follows the list of the goroutine's pending deferred calls, from its head to its end, while
// FUNCTION has its calls pending, and counts how often it goes from one record to the next.
package main

import (
	"log"
	"os"
	"runtime/debug"
	"unsafe"
)

var (
	memory    *view
	goroutine uint64
	walked    int
)

//go:noinline
func look() { walked = len(memory.records(goroutine)) }

func main() {
	debug.SetGCPercent(-1)
	memory = openView()
	var here byte
	goroutine = memory.goroutineAt(uintptr(unsafe.Pointer(&here)))
	before := len(memory.records(goroutine))
	deferred := run(os.Getenv("FUNCTION"))
	if deferred < 1 {
		log.Fatal("no such FUNCTION, or one that defers nothing")
	}
	report("deferred", deferred, "")
	report("hops", walked-before, "")
	report("hops_per_call", float64(walked-before)/float64(deferred), "")
}
