// Command rule registers 16 heap records of defers where little and where much of the stack is in use, with records
// in the pool and with none, and counts what is allocated each time.
//
// Usage: rule [as-said]
// With as-said the records come from a function that follows the source's rule (as_said.go) and not from the runtime.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

const count = 16 // fewer than a P's own pool can hold, which is 32

var (
	before, after runtime.MemStats
	asSaid        bool
	deepest       uintptr
)

func nothing() {}

// register has 16 deferred calls pending, and returns how many objects that took. used is the stack in use.
//
//go:noinline
func register(top uintptr) (mallocs uint64) {
	var here byte
	deepest = top - uintptr(unsafe.Pointer(&here))
	runtime.ReadMemStats(&before)
	if asSaid {
		for i := 0; i < count; i++ {
			newdefer(deepest)
		}
	} else {
		for i := 0; i < count; i++ {
			defer nothing()
		}
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// withPool and withoutPool register with 16 records in the pool at least, and with none.
//
//go:noinline
func withPool(top uintptr) uint64 {
	fill()
	return register(top)
}

//go:noinline
func withoutPool(top uintptr) uint64 {
	for i := 0; i < 10000; i++ {
		defer nothing()
	}
	free = nil
	return register(top)
}

//go:noinline
func fill() {
	for i := 0; i < count; i++ {
		defer nothing()
		free = append(free, new(record))
	}
}

// below puts 64 KiB on the stack first.
//
//go:noinline
func below(register func(uintptr) uint64, top uintptr) uint64 {
	var frame [64 << 10]byte
	frame[len(os.Args)] = 1
	return register(top) + uint64(frame[0])
}

// alone runs what it is given at the top of a goroutine's stack that has already grown.
func alone(deep bool, each func(uintptr) uint64) (mallocs uint64, used uintptr) {
	done := make(chan bool)
	go func() {
		below(func(uintptr) uint64 { return 0 }, 0)
		var top byte
		if deep {
			mallocs = below(each, uintptr(unsafe.Pointer(&top)))
		} else {
			mallocs = each(uintptr(unsafe.Pointer(&top)))
		}
		used = deepest
		done <- true
	}()
	<-done
	return
}

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1) // no collection but those asked for
	asSaid = len(os.Args) > 1 && os.Args[1] == "as-said"
	for _, deep := range []bool{false, true} {
		size := map[bool]string{false: "small", true: "large"}[deep]
		filled, used := alone(deep, withPool)
		if (used < 1024) == deep {
			panic(fmt.Sprint(size, ": ", used, " bytes of stack in use"))
		}
		runtime.GC() // drops what the central pool holds; not later, since it may also move the goroutine's stack
		empty, _ := alone(deep, withoutPool)
		fmt.Printf("{\"metric\": \"used_%s\", \"value\": %d, \"unit\": \"B\"}\n", size, used)
		fmt.Printf("{\"metric\": \"%s_filled\", \"value\": %d}\n", size, filled)
		fmt.Printf("{\"metric\": \"%s_empty\", \"value\": %d}\n", size, empty)
	}
}
