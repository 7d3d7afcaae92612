// Command memory prints what a million waiting goroutines would add to the memory of their process:
// it starts a hundred thousand and multiplies by ten.
//
// SCENE says what is counted:
//
//	goroutines  goroutines, each of which waits to receive from a channel
//	big-frame   the same, but each needs 3 KiB of stack at once
//
// GOROUTINES is how many are started (default: 100000); the result is multiplied by ten all the same.
package main

import (
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"sync/atomic"
)

const times = 10 // a million are so many times as much

var (
	arrived    int64
	goroutines = int64(100000)
)

func wait(gate <-chan struct{}) {
	atomic.AddInt64(&arrived, 1)
	<-gate
}

//go:noinline
func touch(frame *[3 << 10]byte) {
	frame[len(frame)-1] = 1
}

func waitWithBigFrame(gate <-chan struct{}) {
	var frame [3 << 10]byte
	touch(&frame)
	wait(gate)
}

// start returns when all of the goroutines run. They wait until the process ends.
func start(body func(<-chan struct{})) {
	gate := make(chan struct{})
	for i := int64(0); i < goroutines; i++ {
		go body(gate)
	}
	for atomic.LoadInt64(&arrived) < goroutines {
		runtime.Gosched()
	}
}

// resident returns the process's resident memory in bytes, as /proc/self/status gives it.
func resident() uint64 {
	status, err := ioutil.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		log.Fatal("no VmRSS in /proc/self/status")
	}
	kib, err := strconv.ParseUint(string(found[1]), 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	return kib << 10
}

// report prints the metric's growth, for a million.
func report(metric string, before, after uint64) {
	fmt.Printf("{\"metric\": %q, \"value\": %d, \"unit\": \"B\"}\n", metric, times*(after-before))
}

func main() {
	if text := os.Getenv("GOROUTINES"); text != "" {
		var err error
		if goroutines, err = strconv.ParseInt(text, 10, 64); err != nil {
			log.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	residentBefore := resident()

	switch scene := os.Getenv("SCENE"); scene {
	case "goroutines":
		start(wait)
	case "big-frame":
		start(waitWithBigFrame)
	default:
		log.Fatalf("unknown SCENE %q", scene)
	}

	residentAfter := resident()
	runtime.ReadMemStats(&after)
	report("resident", residentBefore, residentAfter)
	report("obtained", before.Sys, after.Sys)
	report("stacks", before.StackInuse, after.StackInuse)
	report("heap", before.HeapInuse, after.HeapInuse)
}
