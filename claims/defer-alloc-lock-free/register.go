// Command register registers a hundred thousand deferred calls between begin and end, at which a tracer counts the
// locks that are taken. WORK: own (one call after the other), central (all in one frame, records left from a
// first time), new (all in one frame, no record there), large (large objects in place of records), none.
//
// "register layout" prints where the lock of the central pool lies in the scheduler's structure.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
)

const (
	calls      = 100000
	large      = 100
	largeBytes = 256 << 10
)

var kept []byte

//go:noinline
func begin() { kept = nil }

//go:noinline
func end() { kept = nil }

// scratch is never called: the tracer writes a few instructions over it.
//
//go:noinline
func scratch() {
	kept = make([]byte, len(kept)+1)
	fmt.Println(len(kept))
}

func layout() {
	sched, err := layoutOf("runtime.schedt")
	if err != nil {
		log.Fatal(err)
	}
	for _, field := range sched.Field {
		if field.Name == "deferlock" {
			fmt.Println(field.ByteOffset)
			return
		}
	}
	log.Fatal("no field deferlock")
}

func main() {
	switch len(os.Args) {
	case 2:
		layout()
		return
	case 3:
		scratch()
	}
	runtime.LockOSThread()
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	switch os.Getenv("WORK") {
	case "own":
		register(1, nothing)
		begin()
		for i := 0; i < calls; i++ {
			register(1, nothing)
		}
		end()
	case "central":
		register(calls, nothing)
		begin()
		register(calls, end)
	case "new":
		begin()
		register(calls, end)
	case "large":
		begin()
		for i := 0; i < large; i++ {
			kept = make([]byte, largeBytes)
		}
		end()
	case "none":
		begin()
		end()
	default:
		log.Fatalf("no such work: %q", os.Getenv("WORK"))
	}
}
