// Command nested prints how large a goroutine's stack becomes in 100 pending deferred calls: with their records on the
// stack, as BEFORE has it, and with the records off it, as AFTER has it. Each is one of
//
//	framed      100 functions that call each other and defer one call each; the records lie in the frames
//	heaped      the same, but the records lie on the heap
//	calls       the same, as the compiler makes it: without records
//	statements  one function that defers 100 calls by 100 statements; the records lie in its frame
//	loop        one function that defers 100 calls by one statement in a loop; the records lie on the heap
package main

import (
	"log"
	"os"
	"runtime/debug"
)

const levels = 100

var count int

func tick() { count++ }

// framed has a second defer, in a loop of no rounds. With a defer in a loop the compiler writes no call of a
// function out, so that the first one has a record, and that lies in the frame.
//
//go:noinline
func framed(level, rounds int) {
	defer tick()
	for i := 1; i < rounds; i++ {
		defer tick()
	}
	if level == levels {
		pause()
		return
	}
	framed(level+1, rounds)
}

// heaped has its only defer in that loop, of one round.
//
//go:noinline
func heaped(level, rounds int) {
	for i := 0; i < rounds; i++ {
		defer tick()
	}
	if level == levels {
		pause()
		return
	}
	heaped(level+1, rounds)
}

//go:noinline
func calls(level int) {
	defer tick()
	if level == levels {
		pause()
		return
	}
	calls(level + 1)
}

func loop() {
	for i := 0; i < levels; i++ {
		defer tick()
	}
	pause()
}

func statements() {
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	pause()
}

func main() {
	bodies := map[string]func(){
		"framed": func() { framed(1, 1) }, "heaped": func() { heaped(1, 1) }, "calls": func() { calls(1) },
		"statements": statements, "loop": loop,
	}
	debug.SetGCPercent(-1)
	v := openView()
	for _, half := range []string{"before", "after"} {
		name := os.Getenv(map[string]string{"before": "BEFORE", "after": "AFTER"}[half])
		body, known := bodies[name]
		if !known {
			log.Fatalf("unknown arrangement %q", name)
		}
		count = 0
		seen := v.observe(body)
		if count != levels {
			log.Fatalf("%s ran %d deferred calls", name, count)
		}
		report(half, seen.after, "B")
		report(half+"_used", seen.used, "B")
		report(half+"_heap", seen.heap, "B")
	}
}
