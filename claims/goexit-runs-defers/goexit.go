// Command goexit counts which of a goroutine's deferred calls run when it ends in the way that ENDING names.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

const frames = 10

var registered, ran int64

func deferred(again bool) {
	atomic.AddInt64(&ran, 1)
	if again {
		defer func() { recover() }()
		panic("in a deferred call, and recovered there")
	}
}

// descend registers two calls in each frame, one of them in a loop, and ends at the bottom.
//
//go:noinline
func descend(frame int, again bool, end func()) {
	for i := 0; i < 1; i++ {
		atomic.AddInt64(&registered, 1)
		defer deferred(false)
	}
	atomic.AddInt64(&registered, 1)
	defer deferred(again && frame == frames/2)
	if frame == frames {
		end()
		return
	}
	descend(frame+1, again, end)
}

// alive tells whether a goroutine that runs descend is left.
func alive() bool {
	text := make([]byte, 1<<20)
	return strings.Contains(string(text[:runtime.Stack(text, true)]), "main.descend(")
}

func main() {
	ending := os.Getenv("ENDING")
	end := map[string]func(){
		"goexit":    runtime.Goexit,
		"recovered": runtime.Goexit,
		"waits":     func() { select {} },
	}[ending]
	if end == nil {
		fmt.Printf("no such ending: %q\n", ending)
		os.Exit(1)
	}
	if os.Getenv("WHO") == "main" {
		go func() {
			report()
			os.Exit(0)
		}()
		descend(1, ending == "recovered", end)
	}
	go descend(1, ending == "recovered", end)
	report()
}

// report waits until the goroutine is gone, or for a tenth of a second.
func report() {
	for i := 0; i < 100 && (atomic.LoadInt64(&registered) < 2*frames || alive()); i++ {
		time.Sleep(time.Millisecond)
	}
	fmt.Printf("{\"metric\": \"registered\", \"value\": %d}\n", atomic.LoadInt64(&registered))
	fmt.Printf("{\"metric\": \"left_out\", \"value\": %d}\n", atomic.LoadInt64(&registered)-atomic.LoadInt64(&ran))
	left := 0
	if alive() {
		left = 1
	}
	fmt.Printf("{\"metric\": \"goroutines_left\", \"value\": %d}\n", left)
}
