// Command frames has a function that defers a call and, before it returns, changes the call's record: with
// FIELD=sp its stack pointer, with FIELD=pc its program counter, to that of its caller's record. It says when the call ran.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"syscall"
	"unsafe"
)

var (
	memory    *view
	goroutine uint64
	events    []string
)

//go:noinline
func innersCall() { events = append(events, "inner's deferred call") }

//go:noinline
func outersCall() { events = append(events, "outer's deferred call") }

// inner and outer defer in a loop of one round, so that the runtime keeps records on the heap.
//
//go:noinline
func inner(rounds int, change func()) {
	for i := 0; i < rounds; i++ {
		defer innersCall()
	}
	change()
	events = append(events, "inner returns")
}

//go:noinline
func outer(rounds int, change func()) {
	for i := 0; i < rounds; i++ {
		defer outersCall()
	}
	inner(rounds, change)
	events = append(events, "outer returns")
}

// overwrite puts the word of the second record's field in the place of the newest record's.
func overwrite(field string) {
	found := memory.records(goroutine)
	if len(found) < 2 {
		log.Fatalf("%d records are pending", len(found))
	}
	place := memory.offset("runtime._defer", field)
	word := memory.word(found[1] + place)
	fmt.Printf("inner's record: %s %#x, now %#x\n", field, memory.word(found[0]+place), word)
	own, err := syscall.Open("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		log.Fatal(err)
	}
	bytes := *(*[8]byte)(unsafe.Pointer(&word))
	if n, err := syscall.Pwrite(own, bytes[:], int64(found[0]+place)); n != 8 || err != nil {
		log.Fatalf("cannot write the record: %v", err)
	}
}

func main() {
	debug.SetGCPercent(-1)
	memory = openView()
	var here byte
	goroutine = memory.goroutineAt(uintptr(unsafe.Pointer(&here)))
	outer(1, func() {
		if field := os.Getenv("FIELD"); field != "" {
			overwrite(field)
		}
	})
	returned := ""
	for _, event := range events {
		fmt.Println(event)
		switch event {
		case "inner returns":
			returned = "inner"
		case "outer returns":
			returned = "outer"
		case "inner's deferred call":
			report("ran_when_returned", returned, "")
		}
	}
}
