// Command s25_stack prints how large a goroutine's stack becomes in a function that defers N calls.
// N may hold several numbers; then each takes a goroutine of its own. MODE says how the function defers:
//
//	loop       one defer statement in the loop
//	collected  the loop fills a slice, and one deferred call goes through it
//	recursion  not at all: it calls itself N deep, with a frame of more than 100 bytes (a check of the ruler)
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

func loop(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
	}
	pause()
}

func collected(n int) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Printf("item %d\n", list[i])
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
	pause()
}

//go:noinline
func descend(n int) byte {
	var frame [96]byte
	frame[n%len(frame)] = byte(n)
	if n == 0 {
		pause()
		return frame[0]
	}
	return descend(n-1) + frame[n%len(frame)]
}

func main() {
	bodies := map[string]func(int){
		"loop": loop, "collected": collected, "recursion": func(n int) { descend(n) },
	}
	body, known := bodies[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	debug.SetGCPercent(-1)
	silence()
	v := openView()
	for _, text := range strings.Fields(os.Getenv("N")) {
		n, err := strconv.Atoi(text)
		if err != nil {
			log.Fatalf("N: %v", err)
		}
		seen := v.observe(func() { body(n) })
		show := func(metric string, value interface{}) {
			fmt.Fprintf(results, "{\"metric\": %q, \"value\": %d, \"unit\": \"B\", \"n\": %d}\n", metric, value, n)
		}
		show("stack_start", seen.start)
		show("stack_pending", seen.pending)
		show("stack_used", seen.used)
		show("stack_peak", seen.after)
		show("stack_spans", seen.spans)
		if os.Getenv("MODE") != "recursion" { // which has nothing on the heap
			show("heap_pending", seen.heap)
		}
	}
}
