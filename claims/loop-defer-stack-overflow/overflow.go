// Command overflow has N things to do at the end and prints what its stack has come to, if it lives to do so.
// MODE says how they wait:
//
//	source     in deferred calls of fmt.Printf, one for each round of a loop
//	counting   the same with the least that can be deferred, a function without arguments
//	recursion  as calls that have not returned yet (a check: this does need stack)
//	frames     the same with a frame of more than 105 bytes, so that 10 million of them exceed the runtime's own limit
//
// MAX_STACK, in bytes, sets the runtime's limit for one stack; without it the runtime's own holds.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strconv"
)

var count int

func tick() { count++ }

func source(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
	}
	pause()
}

func counting(n int) {
	for i := 0; i < n; i++ {
		defer tick()
	}
	pause()
}

func recursion(n int) {
	if n == 0 {
		pause()
		return
	}
	recursion(n - 1)
	tick()
}

//go:noinline
func frames(n int) byte {
	var frame [96]byte
	frame[n%len(frame)] = byte(n)
	if n == 0 {
		pause()
		return frame[0]
	}
	return frames(n-1) + frame[n%len(frame)]
}

func main() {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		log.Fatalf("N: %v", err)
	}
	bodies := map[string]func(int){"source": source, "counting": counting, "recursion": recursion, "frames": func(n int) { frames(n) }}
	body, known := bodies[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	debug.SetGCPercent(-1)
	silence()
	v := openView()
	if text := os.Getenv("MAX_STACK"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil {
			log.Fatalf("MAX_STACK: %v", err)
		}
		debug.SetMaxStack(limit)
	}
	seen := v.observe(func() { body(n) })
	report("overflowed", 0, "")
	report("stack", seen.after, "B")
	report("heap", seen.heap, "B")
}
