// Command goroutines prints what one waiting goroutine adds to the memory of its process.
//
// Reserved is what the runtime has set aside for it, used or not (runtime.MemStats: StackInuse and
// HeapInuse). Resident is what lies in physical memory: the process's pages (VmRSS of
// /proc/self/status) and their page tables (VmPTE).
package main

import (
	"fmt"
	"io/ioutil"
	"log"
	"regexp"
	"runtime"
	"strconv"
	"sync/atomic"
)

const goroutines = 50000

var arrived int64

func wait(gate <-chan struct{}) {
	atomic.AddInt64(&arrived, 1)
	<-gate
}

func reserved() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.StackInuse + stats.HeapInuse
}

var inMemory = regexp.MustCompile(`(?m)^(?:VmRSS|VmPTE):\s*(\d+) kB`)

func resident() uint64 {
	status, err := ioutil.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	var bytes uint64
	for _, found := range inMemory.FindAllSubmatch(status, -1) {
		kib, err := strconv.ParseUint(string(found[1]), 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		bytes += kib << 10
	}
	return bytes
}

func report(metric string, bytes uint64) {
	fmt.Printf("{\"metric\": %q, \"value\": %.1f, \"unit\": \"B\"}\n", metric, float64(bytes)/goroutines)
}

func main() {
	gate := make(chan struct{})
	reservedBefore, residentBefore := reserved(), resident()
	for i := 0; i < goroutines; i++ {
		go wait(gate)
	}
	for atomic.LoadInt64(&arrived) < goroutines {
		runtime.Gosched()
	}
	residentAfter, reservedAfter := resident(), reserved()
	report("reserved", reservedAfter-reservedBefore)
	report("resident", residentAfter-residentBefore)
}
