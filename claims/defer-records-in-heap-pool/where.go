// Command where tells in what memory the records of pending deferred calls lie, and whether those that are on the heap
// are in the pools of free records when the function has returned. MODE names the function that defers:
//
//	loop         8 calls by one statement in a loop
//	loop-of-one  one call by a statement in a loop of one round
//	one          one call by a statement of its own
//	eight        8 calls by statements of their own
//	nine         9 calls by statements of their own, one more than the compiler does without records
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

var count, rounds = 0, 1

func tick() { count++ }

func loop(look func()) {
	for i := 0; i < 8; i++ {
		defer tick()
	}
	look()
}

func loopOfOne(look func()) {
	for i := 0; i < rounds; i++ {
		defer tick()
	}
	look()
}

func one(look func()) {
	defer tick()
	look()
}

func eight(look func()) {
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	look()
}

func nine(look func()) {
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	defer tick()
	look()
}

func main() {
	bodies := map[string]func(func()){"loop": loop, "loop-of-one": loopOfOne, "one": one, "eight": eight, "nine": nine}
	body, known := bodies[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	v := openView()
	var here byte
	g := v.goroutineAt(uintptr(unsafe.Pointer(&here)))
	before := len(v.records(g))

	var heap []uint64
	stack, records := 0, 0
	body(func() {
		pending := v.records(g)
		pending = pending[:len(pending)-before]
		records = len(pending)
		low, high := v.stack(g)
		for _, record := range pending {
			if low <= record && record < high {
				stack++
			} else {
				heap = append(heap, record)
			}
		}
	})
	free := map[uint64]bool{}
	for _, record := range append(v.localPool(), v.centralPool()...) {
		free[record] = true
	}
	pooled := 0
	for _, record := range heap {
		if free[record] {
			pooled++
		}
	}
	report("deferred", count, "")
	report("records", records, "")
	report("on_heap", len(heap), "")
	report("on_stack", stack, "")
	report("pooled", pooled, "")
	report("heap_share", float64(len(heap))/float64(count), "")
	report("pooled_share", float64(pooled)/float64(count), "")
	report("record_size", v.recordSize(), "B")
}
