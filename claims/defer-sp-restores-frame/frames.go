// Command frames has two calls of one function on the stack, outer and inner, each with a deferred call pending, and ends inner
// in one of three ways. It says when inner's deferred call runs, to whose caller the program goes back, and whether the stack
// pointer has moved back by then.
//
// END is how inner ends: return, panic (in a function further down, recovered above outer), recover (the same, recovered by
// inner's deferred call).
// CHANGE is what happens to inner's record before: nothing; sp, which becomes that of outer's record; pc, which becomes another
// address; nowhere, which makes sp a number that no frame has; unlinked, which takes the record out of the list.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"syscall"
	"unsafe"
)

const (
	outer = 1
	inner = 2
)

var (
	memory    *view
	goroutine uint64
	end       = os.Getenv("END")
	events    []string
	lowest    uintptr // where the stack pointer was when inner ended
	highest   uintptr // and where it was as things went on
)

// here is the address of a variable of its own: the depth of the stack.
//
//go:noinline
func here() uintptr {
	var local byte
	return uintptr(unsafe.Pointer(&local))
}

// level defers a call in a loop of one round, so that the runtime keeps a record on the heap, and is outer or inner.
//
//go:noinline
func level(which, rounds int) {
	for i := 0; i < rounds; i++ {
		defer deferred(which)
	}
	if which == outer {
		level(inner, rounds)
		if end == "recover" {
			highest = here()
		}
		events = append(events, "outer goes on")
		return
	}
	change(os.Getenv("CHANGE"))
	if end != "return" {
		deeper(10)
	}
	lowest = here()
	events = append(events, "inner returns")
}

//go:noinline
func deeper(calls int) {
	if calls > 0 {
		deeper(calls - 1)
		return
	}
	lowest = here()
	events = append(events, "inner panics")
	panic("on purpose")
}

//go:noinline
func deferred(which int) {
	if which == outer {
		events = append(events, "outer's deferred call")
		return
	}
	events = append(events, "inner's deferred call")
	if end == "recover" {
		recover()
	} else {
		highest = here()
	}
}

// change writes to inner's record, which is the newest, or to the head of the list.
func change(what string) {
	found := memory.records(goroutine)
	if len(found) < 2 {
		log.Fatalf("%d records are pending", len(found))
	}
	switch what {
	case "":
	case "sp":
		place := memory.offset("runtime._defer", "sp")
		write("sp", found[0]+place, memory.word(found[1]+place))
	case "pc":
		place := found[0] + memory.offset("runtime._defer", "pc")
		write("pc", place, memory.word(place)+1)
	case "nowhere":
		place := found[0] + memory.offset("runtime._defer", "sp")
		write("sp", place, memory.word(place)+8)
	case "unlinked":
		write("the head of the list", goroutine+memory.offset("runtime.g", "_defer"), found[1])
	default:
		log.Fatalf("unknown CHANGE %q", what)
	}
}

func write(what string, place, word uint64) {
	fmt.Printf("%s: %#x, now %#x\n", what, memory.word(place), word)
	own, err := syscall.Open("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		log.Fatal(err)
	}
	bytes := *(*[8]byte)(unsafe.Pointer(&word))
	if n, err := syscall.Pwrite(own, bytes[:], int64(place)); n != 8 || err != nil {
		log.Fatalf("cannot write the record: %v", err)
	}
}

// top recovers what nobody else has.
//
//go:noinline
func top() {
	defer func() { recover() }()
	level(outer, 1)
	events = append(events, "outer has returned")
}

// where tells what the events say: at whose return inner's deferred call ran, whether it ran, and to whose caller the program went.
func where() (ranAt, ran, wentBackTo string) {
	ranAt, ran, wentBackTo = "none", "no", "none"
	last := "inner"
	for _, event := range events {
		fmt.Println(event)
		switch event {
		case "outer goes on":
			last, wentBackTo = "outer", "outer"
		case "outer has returned":
			if wentBackTo == "none" {
				wentBackTo = "outer's caller"
			}
		case "inner's deferred call":
			ranAt, ran = last, "yes"
		}
	}
	return
}

func main() {
	debug.SetGCPercent(-1)
	memory = openView()
	var local byte
	goroutine = memory.goroutineAt(uintptr(unsafe.Pointer(&local)))
	top()
	ranAt, ran, wentBackTo := where()
	moved := 0
	if highest > lowest {
		moved = int(highest - lowest)
	}
	report("ran_when_returned", ranAt, "")
	report("ran", ran, "")
	report("went_back_to", wentBackTo, "")
	report("moved_back", moved, "B")
	os.Exit(0)
}
