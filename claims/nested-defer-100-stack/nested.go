// Command nested prints how large a goroutine's stack becomes in 100 pending deferred calls. MODE says how they come about:
//
//	calls       100 functions that call each other, each of which defers one call
//	loop        one function that defers 100 calls by one statement in a loop
//	statements  one function that defers 100 calls by 100 statements
//	none        no deferred call (a check of the ruler)
//	frame       no deferred call, but a local array of 3 KiB (another check)
package main

import (
	"log"
	"os"
	"runtime/debug"
)

const levels = 100

var count int

func tick() { count++ }

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

//go:noinline
func touch(frame *[3 << 10]byte) {
	frame[len(frame)-1] = 1
}

func frame() {
	var frame [3 << 10]byte
	touch(&frame)
	pause()
}

func main() {
	bodies := map[string]func(){
		"calls": func() { calls(1) }, "loop": loop, "statements": statements, "none": pause, "frame": frame,
	}
	body, known := bodies[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	debug.SetGCPercent(-1)
	seen := openView().observe(body)
	report("stack_start", seen.start, "B")
	report("stack", seen.after, "B")
	report("used", seen.used, "B")
	report("heap", seen.heap, "B")
	report("deferred", count, "")
}
