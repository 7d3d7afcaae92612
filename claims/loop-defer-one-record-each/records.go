// Command records counts the defer records that a function has pending after N rounds of a loop, by
// following the list in the goroutine's descriptor. MODE says how the function defers:
//
//	loop       one defer statement in the loop
//	collected  the loop fills a slice, and one deferred call goes through it
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

func loop(n int, look func()) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
	}
	look()
}

func collected(n int, look func()) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Printf("item %d\n", list[i])
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
	look()
}

func main() {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		log.Fatalf("N: %v", err)
	}
	body := loop
	switch mode := os.Getenv("MODE"); mode {
	case "loop":
	case "collected":
		body = collected
	default:
		log.Fatalf("unknown MODE %q", mode)
	}
	debug.SetGCPercent(-1)
	silence()
	v := openView()

	var here byte
	g := v.goroutineAt(uintptr(unsafe.Pointer(&here)))
	none := len(v.records(g))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body(n, func() {
		runtime.ReadMemStats(&after)
		pending := v.records(g)
		low, high := v.stack(g)
		onStack := 0
		for _, record := range pending {
			if low <= record && record < high {
				onStack++
			}
		}
		report("records", len(pending)-none, "")
		report("on_stack", onStack, "")
	})
	left := len(v.records(g)) - none
	report("left", left, "")
	report("record_size", v.recordSize(), "B")
	report("heap_each", float64(after.TotalAlloc-before.TotalAlloc)/float64(n), "B")
	report("objects_each", float64(after.Mallocs-before.Mallocs)/float64(n), "")
}
