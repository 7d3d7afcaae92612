// Command million starts a million goroutines, waits until all of them are alive at the same time,
// and lets them end. It prints how many were alive at once, how many ended, how long both took from
// the program's start, and the process's largest resident memory. With LOCK=1 each keeps a thread of its own.
package main

import (
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"regexp"
	"runtime"
	"sync/atomic"
	"time"
)

const goroutines = 1000000

var (
	arrived, ended int64
	locked         = os.Getenv("LOCK") == "1"
)

// wait is one goroutine's life: it says that it runs, waits for the gate and says that it ends.
func wait(gate <-chan struct{}) {
	if locked {
		runtime.LockOSThread()
	}
	atomic.AddInt64(&arrived, 1)
	<-gate
	atomic.AddInt64(&ended, 1)
}

// until returns when the counter has reached the number of goroutines.
func until(counter *int64) {
	for atomic.LoadInt64(counter) < goroutines {
		runtime.Gosched()
	}
}

// peak returns the process's largest resident memory so far, as /proc/self/status gives it, in KiB.
func peak() string {
	status, err := ioutil.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		log.Fatal("no VmHWM in /proc/self/status")
	}
	return string(found[1])
}

func main() {
	start := time.Now()
	gate := make(chan struct{})
	for i := 0; i < goroutines; i++ {
		go wait(gate)
	}
	// None can end before the gate opens: those that have arrived are all alive.
	until(&arrived)
	alive := atomic.LoadInt64(&arrived) - atomic.LoadInt64(&ended)
	started := time.Since(start)

	close(gate)
	until(&ended)
	all := time.Since(start)

	fmt.Printf("{\"metric\": \"alive\", \"value\": %d}\n", alive)
	fmt.Printf("{\"metric\": \"ended\", \"value\": %d}\n", ended)
	fmt.Printf("{\"metric\": \"start_time\", \"value\": %.4f, \"unit\": \"s\"}\n", started.Seconds())
	fmt.Printf("{\"metric\": \"whole_time\", \"value\": %.4f, \"unit\": \"s\"}\n", all.Seconds())
	fmt.Printf("{\"metric\": \"memory\", \"value\": %s, \"unit\": \"KiB\"}\n", peak())
}
