// Command order checks in which order deferred calls run: five ways of registering them, left in three ways.
//
// Every deferred call notes the number that it was given when it was registered. QUEUE=1 replaces the
// defer statements by a list that is run first in, first out.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

const calls = 9

var (
	queue = os.Getenv("QUEUE") != ""
	ran   []int
)

func note(n int) { ran = append(ran, n) }

// openCoded has few defers outside loops: the compiler writes the calls into the function itself.
//
//go:noinline
func openCoded(leave func()) {
	defer note(1)
	defer note(2)
	defer note(3)
	defer note(4)
	if len(ran) == 0 {
		defer note(5)
	}
	defer note(6)
	defer note(7)
	defer note(8)
	leave()
}

// onStack has more defers than the compiler is willing to write out: their records lie in the frame.
//
//go:noinline
func onStack(leave func()) {
	defer note(1)
	defer note(2)
	defer note(3)
	defer note(4)
	defer note(5)
	defer note(6)
	defer note(7)
	defer note(8)
	defer note(9)
	leave()
}

// inLoop registers an unknown number: their records lie on the heap.
//
//go:noinline
func inLoop(leave func()) {
	for i := 1; i <= calls; i++ {
		defer note(i)
	}
	leave()
}

// mixed registers in the function and in a loop.
//
//go:noinline
func mixed(leave func()) {
	defer note(1)
	for i := 2; i < calls; i++ {
		defer note(i)
	}
	defer note(calls)
	leave()
}

// nested registers one in each of several frames.
//
//go:noinline
func nested(leave func()) { descend(1, leave) }

//go:noinline
func descend(n int, leave func()) {
	defer note(n)
	if n < calls {
		descend(n+1, leave)
		return
	}
	leave()
}

// inQueue is the control's: it runs the calls in the order of registration.
func inQueue(leave func()) {
	var list []int
	for i := 1; i <= calls; i++ {
		list = append(list, i)
	}
	defer func() {
		for _, n := range list {
			note(n)
		}
	}()
	leave()
}

// run has a goroutine of its own call shape, and waits for it.
func run(shape func(func()), leave func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { recover() }()
		shape(leave)
	}()
	<-done
}

func main() {
	shapes := []struct {
		name  string
		shape func(func())
	}{
		{"written out", openCoded}, {"records in the frame", onStack}, {"records on the heap", inLoop},
		{"mixed", mixed}, {"one in each frame", nested},
	}
	leavings := []struct {
		name  string
		leave func()
	}{
		{"return", func() {}}, {"panic", func() { panic("on purpose") }}, {"Goexit", runtime.Goexit},
	}
	total, wrong := 0, 0
	for _, s := range shapes {
		for _, l := range leavings {
			if queue {
				s.shape = inQueue
			}
			ran = ran[:0]
			run(s.shape, l.leave)
			for i := 1; i < len(ran); i++ {
				if ran[i] > ran[i-1] {
					wrong++
				}
			}
			total += len(ran)
			text := strings.Trim(fmt.Sprint(ran), "[]")
			fmt.Printf("%-20s  %-6s  ran %s\n", s.name, l.name, text)
		}
	}
	fmt.Printf("{\"metric\": \"calls\", \"value\": %d}\n", total)
	fmt.Printf("{\"metric\": \"earlier_first\", \"value\": %d}\n", wrong)
}
