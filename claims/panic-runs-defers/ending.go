// Command ending has one goroutine register deferred calls in several frames and then end in the way that
// ENDING names. What runs is written to standard output as it runs, since the process may not live on.
//
// Another goroutine waits meanwhile, with one deferred call of its own pending.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

const frames = 10

// write goes past every buffer.
func write(format string, values ...interface{}) {
	os.Stdout.WriteString(fmt.Sprintf(format, values...))
}

func deferred(frame, n int) {
	write("ran %d of frame %d\n", n, frame)
	if n == 2 && frame == frames/2 && os.Getenv("ENDING") == "panic-again" {
		panic("another one, in a deferred call")
	}
}

// descend registers some in the function and one in a loop, and ends at the bottom.
//
//go:noinline
func descend(frame int, end func()) {
	for i := 0; i < 1; i++ {
		write("registered 1 of frame %d\n", frame)
		defer deferred(frame, 1)
	}
	write("registered 2 of frame %d\n", frame)
	defer deferred(frame, 2)
	write("registered 3 of frame %d\n", frame)
	defer deferred(frame, 3)
	if frame == frames {
		end()
		return
	}
	descend(frame+1, end)
}

type list struct{ next *list }

var endings = map[string]func(){
	"panic":        func() { panic("on purpose") },
	"panic-again":  func() { panic("on purpose") },
	"nil-pointer":  func() { var l *list; l = l.next; write("%v", l) },
	"out-of-range": func() { none := make([]int, frames); none[len(os.Args)+frames]++ },
	"os-exit":      func() { os.Exit(2) },
	"fatal-error":  func() { var mu sync.Mutex; mu.Unlock() },
}

// bystander waits for ever, with a deferred call pending.
func bystander(there chan<- struct{}) {
	defer write("ran the bystander's\n")
	there <- struct{}{}
	select {}
}

func main() {
	end, known := endings[os.Getenv("ENDING")]
	if !known {
		write("no such ending: %q\n", os.Getenv("ENDING"))
		os.Exit(1)
	}
	there := make(chan struct{})
	go bystander(there)
	<-there
	runtime.Gosched()
	go descend(1, end)
	select {}
}
