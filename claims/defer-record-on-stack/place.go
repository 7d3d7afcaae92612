// Command place looks where the records of deferred calls lie while FUNCTION has them pending.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

var (
	memory         *view
	goroutine      uint64
	pending        []uint64
	low, high      uint64
	before, during runtime.MemStats
)

//go:noinline
func look() {
	runtime.ReadMemStats(&during)
	pending = memory.records(goroutine)
	low, high = memory.stack(goroutine)
}

func main() {
	debug.SetGCPercent(-1)
	memory = openView()
	var here byte
	goroutine = memory.goroutineAt(uintptr(unsafe.Pointer(&here)))
	others := len(memory.records(goroutine)) // of runtime.main
	function := os.Getenv("FUNCTION")
	runtime.ReadMemStats(&before)
	deferred := run(function)
	if deferred < 0 {
		log.Fatal("no such FUNCTION")
	}
	mine := pending[:len(pending)-others]
	onStack := 0
	for _, record := range mine {
		if low <= record && record < high {
			onStack++
		}
	}
	report("deferred", deferred, "")
	report("on_stack", onStack, "")
	report("off_stack", len(mine)-onStack, "")
	report("heap_objects", during.Mallocs-before.Mallocs, "")
}
