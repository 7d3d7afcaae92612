// Command cost measures what a pending deferred call costs on the stack: by how much the frame of a function
// grows for each further defer statement, or the stack for each further round of a loop. FORM says which:
//
//	frame  nine and seventeen defer statements: more than the compiler does without records
//	open   one and eight
//	loop   a thousand and two thousand rounds of a loop with one
//	call   how much larger a frame is for the call that registers, whatever is pending
//	wide   the same for a call with an argument of five words (a check)
//	hand   nine and seventeen records of two words that the program links by hand, with a call for each
//	hand8  the same with one and eight
//	deep   a thousand and two thousand calls of a function without variables by itself, none of which returns
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

var ran int

//go:noinline
func work() { ran++ }

// here is the address of a variable of its own: the depth of the stack.
//
//go:noinline
func here() uintptr {
	var local byte
	return uintptr(unsafe.Pointer(&local))
}

//go:noinline
func frame9(from uintptr) uintptr {
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	return from - here()
}

//go:noinline
func frame17(from uintptr) uintptr {
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	return from - here()
}

//go:noinline
func open1(from uintptr) uintptr {
	defer work()
	return from - here()
}

//go:noinline
func open8(from uintptr) uintptr {
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	return from - here()
}

//go:noinline
func loop(from uintptr, rounds int) uintptr {
	for i := 0; i < rounds; i++ {
		defer work()
	}
	return from - here()
}

var (
	left  int // rounds that a loop without local variables has still to go
	depth uintptr
	five  [5]uintptr
)

// mark takes note of the depth of the stack, without arguments or results, for which the caller's frame would need room.
//
//go:noinline
func mark() {
	var local byte
	depth = uintptr(unsafe.Pointer(&local))
}

// plain, registers and wide have no variables of their own. What their frames differ in is the room for the calls.
//
//go:noinline
func plain() {
	mark()
	for left > 0 {
		left--
		work()
	}
}

//go:noinline
func registers() {
	mark()
	for left > 0 {
		left--
		defer work()
	}
}

//go:noinline
func take(words [5]uintptr) { ran += int(words[0]) }

//go:noinline
func wide() {
	mark()
	for left > 0 {
		left--
		take(five)
	}
}

// descend makes its rounds by calling itself, and takes note of the depth of the stack in the last.
//
//go:noinline
func descend() {
	if left > 0 {
		left--
		descend()
		return
	}
	mark()
}

// deep is the stack in use after that many rounds of descend.
func deep(from uintptr, rounds int) uintptr {
	left = rounds
	descend()
	return from - depth
}

// larger tells how much larger the frame of a function is than that of plain.
func larger(function func()) int64 {
	left = 3
	plain()
	without := depth
	left = 3
	function()
	return int64(without) - int64(depth)
}

// record is a record as small as a linked list allows.
type record struct {
	function func()
	link     *record
}

var newest uintptr

// push keeps an address as a number, so that the records stay in their frame.
//
//go:noinline
func push(r *record) {
	r.function = work
	newest = uintptr(unsafe.Pointer(r))
}

//go:noinline
func hand1(from uintptr) uintptr {
	var records [1]record
	push(&records[0])
	return from - here()
}

//go:noinline
func hand8(from uintptr) uintptr {
	var records [8]record
	push(&records[0])
	push(&records[1])
	push(&records[2])
	push(&records[3])
	push(&records[4])
	push(&records[5])
	push(&records[6])
	push(&records[7])
	return from - here()
}

//go:noinline
func hand9(from uintptr) uintptr {
	var records [9]record
	push(&records[0])
	push(&records[1])
	push(&records[2])
	push(&records[3])
	push(&records[4])
	push(&records[5])
	push(&records[6])
	push(&records[7])
	push(&records[8])
	return from - here()
}

//go:noinline
func hand17(from uintptr) uintptr {
	var records [17]record
	push(&records[0])
	push(&records[1])
	push(&records[2])
	push(&records[3])
	push(&records[4])
	push(&records[5])
	push(&records[6])
	push(&records[7])
	push(&records[8])
	push(&records[9])
	push(&records[10])
	push(&records[11])
	push(&records[12])
	push(&records[13])
	push(&records[14])
	push(&records[15])
	push(&records[16])
	return from - here()
}

func main() {
	debug.SetGCPercent(-1)
	form := os.Getenv("FORM")
	if functions := map[string]func(){"call": registers, "wide": wide}; functions[form] != nil {
		fmt.Printf("{\"metric\": \"call_stack\", \"value\": %d, \"unit\": \"B\"}\n", larger(functions[form]))
		return
	}
	var few, many uintptr
	var calls, further int // in the first function, and more in the second
	from := here()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	switch form {
	case "frame":
		few, calls, further = frame9(from), 9, 8
	case "open":
		few, calls, further = open1(from), 1, 7
	case "loop":
		few, calls, further = loop(from, 1000), 1000, 1000
	case "hand":
		few, calls, further = hand9(from), 9, 8
	case "hand8":
		few, calls, further = hand1(from), 1, 7
	case "deep":
		deep(from, 2000) // the stack has grown and will not move again
		from = here()
		few, calls, further = deep(from, 1000), 1000, 1000
	default:
		log.Fatalf("unknown FORM %q", form)
	}
	runtime.ReadMemStats(&after)
	switch form {
	case "frame":
		many = frame17(from)
	case "open":
		many = open8(from)
	case "loop":
		many = loop(from, 2000)
	case "hand":
		many = hand17(from)
	case "hand8":
		many = hand8(from)
	case "deep":
		many = deep(from, 2000)
	}
	report := func(metric string, bytes int64, calls int) {
		fmt.Printf("{\"metric\": %q, \"value\": %.1f, \"unit\": \"B\"}\n", metric, float64(bytes)/float64(calls))
	}
	report("stack_each", int64(many)-int64(few), further)
	report("heap_each", int64(after.TotalAlloc-before.TotalAlloc), calls)
}
