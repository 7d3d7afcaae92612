// Command park looks at a goroutine that has been taken off its thread: has any of its deferred calls run?
//
// The goroutine registers its calls, some in the function and some in a loop, and then waits in one of
// several ways. The main goroutine asks the runtime for its state, and counts. ENDS=1 lets it end instead.
package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const calls = 5

var (
	ran  int64
	gate chan struct{}
	open int32
	mu   sync.Mutex
)

func deferred() { atomic.AddInt64(&ran, 1) }

//go:noinline
func paused(pause func()) {
	defer deferred()
	for i := 2; i <= calls; i++ {
		defer deferred()
	}
	pause()
}

// state is how the runtime describes the goroutine that runs paused, or "ended" when there is none.
func state() string {
	text := make([]byte, 1<<16)
	text = text[:runtime.Stack(text, true)]
	found := regexp.MustCompile(`(?m)^goroutine \d+ .*\[([^]]+)\]:\n(?:[^\n]+\n)*?main\.paused\(`).FindSubmatch(text)
	if found == nil {
		return "ended"
	}
	return string(found[1])
}

var pauses = []struct {
	name string
	wait func()
}{
	{"channel", func() { <-gate }},
	{"select", func() {
		select {
		case <-gate:
		case <-time.After(time.Hour):
		}
	}},
	{"mutex", func() { mu.Lock(); mu.Unlock() }},
	{"sleep", func() { time.Sleep(250 * time.Millisecond) }},
	// The goroutine computes without end; the runtime has to take the thread away from it.
	{"preempted", func() {
		for atomic.LoadInt32(&open) == 0 {
		}
	}},
}

func main() {
	runtime.GOMAXPROCS(1) // so that either it runs or this function does
	for _, pause := range pauses {
		wait := pause.wait
		if os.Getenv("ENDS") != "" {
			wait = runtime.Goexit
		}
		atomic.StoreInt64(&ran, 0)
		atomic.StoreInt32(&open, 0)
		gate = make(chan struct{})
		mu.Lock()
		done := make(chan struct{})
		go func() {
			defer close(done)
			paused(wait)
		}()
		time.Sleep(5 * time.Millisecond) // with one processor, until the goroutine has given way
		is, during := state(), atomic.LoadInt64(&ran)

		atomic.StoreInt32(&open, 1)
		mu.Unlock()
		close(gate)
		<-done
		fmt.Printf("%s: state %q, %d of %d calls have run, %d in the end\n", pause.name, is, during, calls, atomic.LoadInt64(&ran))
		fmt.Printf("{\"metric\": \"%s_state\", \"value\": %q}\n", pause.name, is)
		fmt.Printf("{\"metric\": \"%s_ran\", \"value\": %d}\n", pause.name, during)
		fmt.Printf("{\"metric\": \"%s_ran_in_the_end\", \"value\": %d}\n", pause.name, atomic.LoadInt64(&ran))
	}
}
