// Command switch prints what it costs to hand control from one goroutine to another, and how often
// the kernel switched threads meanwhile. GOMAXPROCS, from the environment, says how many processors
// the scheduler has for the two.
//
// TURNS is the number of turns of each goroutine; there are about twice as many switches. MODE says
// how they hand over:
//
//	channel  each receives from an unbuffered channel that the other one sends to
//	gosched  each calls runtime.Gosched
//	locked   as channel, but each goroutine is locked to an operating system thread of its own
//	locked-gosched  as gosched, with the same lock
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// holder is the goroutine that had the last turn, and changes is how often that was the other one:
// what is counted is the hand-overs that took place, since Gosched may return without one.
var holder, changes int32

func took(me int32) {
	if atomic.LoadInt32(&holder) != me {
		atomic.StoreInt32(&holder, me)
		atomic.AddInt32(&changes, 1)
	}
}

func gosched(me int32, turns int) {
	for i := 0; i < turns; i++ {
		took(me)
		runtime.Gosched()
	}
}

// channel sends first and receives then if it is the first goroutine; the second one the other way round.
func channel(me int32, turns int, receive <-chan struct{}, send chan<- struct{}) {
	for i := 0; i < turns; i++ {
		if me == 1 {
			took(me)
			send <- struct{}{}
			<-receive
		} else {
			<-receive
			took(me)
			send <- struct{}{}
		}
	}
}

// kernelSwitches returns how often the kernel has switched a thread of this process off its core.
func kernelSwitches() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return int64(usage.Nvcsw) + int64(usage.Nivcsw)
}

func main() {
	mode := os.Getenv("MODE")
	turns, err := strconv.Atoi(os.Getenv("TURNS"))
	if err != nil {
		log.Fatalf("TURNS: %v", err)
	}

	// Without a buffer: a place in it would let a goroutine go on without the other one.
	ping, pong := make(chan struct{}), make(chan struct{})
	bodies := [2]func(){}
	switch mode {
	case "gosched", "locked-gosched":
		bodies[0] = func() { gosched(1, turns) }
		bodies[1] = func() { gosched(2, turns) }
	case "channel", "locked":
		bodies[0] = func() { channel(1, turns, ping, pong) }
		bodies[1] = func() { channel(2, turns, pong, ping) }
	default:
		log.Fatalf("unknown MODE %q", mode)
	}

	var ended sync.WaitGroup
	ended.Add(len(bodies))
	switches, start := kernelSwitches(), time.Now()
	for _, body := range bodies {
		body := body
		go func() {
			defer ended.Done()
			if mode == "locked" || mode == "locked-gosched" {
				runtime.LockOSThread()
			}
			body()
		}()
	}
	ended.Wait()
	elapsed := time.Since(start)
	switches = kernelSwitches() - switches

	if turns == 0 {
		return
	}
	count := float64(changes)
	fmt.Printf("{\"metric\": \"switch_time\", \"value\": %.2f, \"unit\": \"ns\"}\n", float64(elapsed.Nanoseconds())/count)
	fmt.Printf("{\"metric\": \"kernel_switches\", \"value\": %.5f}\n", float64(switches)/count)
}
