// Command contiguous looks where a slice's elements lie: addresses, the slice's own three words, and what two
// slices of one array have in common. With LAYOUT=list or LAYOUT=rows it looks the same way at what is not a
// slice's memory: a linked list, and the rows of a slice of slices.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"unsafe"
)

// rowLength makes rows of 40 bytes, for which the allocator has no block smaller than 48.
const rowLength = 5

type record struct {
	id   int32
	flag bool
	next *record
}

// header is how the runtime sees a slice: runtime.slice.
type header struct {
	array    unsafe.Pointer
	len, cap int
}

func main() {
	n, err := strconv.Atoi(os.Getenv("ELEMENTS"))
	if err != nil {
		log.Fatal(err)
	}
	bytes, words, records := make([]byte, n), grown(n), make([]record, n)
	gaps := 0
	switch os.Getenv("LAYOUT") {
	case "list":
		gaps = listGaps(n)
	case "rows":
		gaps = rowGaps(n)
	default:
		for i := 0; i+1 < n; i++ {
			gaps += gap(unsafe.Pointer(&bytes[i]), unsafe.Pointer(&bytes[i+1]), 1)
			gaps += gap(unsafe.Pointer(&words[i]), unsafe.Pointer(&words[i+1]), unsafe.Sizeof(words[0]))
			gaps += gap(unsafe.Pointer(&records[i]), unsafe.Pointer(&records[i+1]), unsafe.Sizeof(records[0]))
		}
	}
	show("gaps", gaps)
	fmt.Printf("{\"metric\": \"header_size\", \"value\": %d, \"unit\": \"B\"}\n", unsafe.Sizeof(words))

	head := (*header)(unsafe.Pointer(&words))
	show("header_agrees", truth(head.array == unsafe.Pointer(&words[0]) && head.len == len(words) && head.cap == cap(words)))

	part := words[n/4 : n/2]
	part[0] = -1
	offset := uintptr(unsafe.Pointer(&part[0])) - uintptr(unsafe.Pointer(&words[0]))
	show("view_shares", truth(words[n/4] == -1 && offset == uintptr(n/4)*unsafe.Sizeof(words[0])))
}

// grown makes its slice by append, so that the array has been moved and extended on the way.
func grown(n int) []int {
	var words []int
	for i := 0; i < n; i++ {
		words = append(words, i)
	}
	return words
}

// gap is 1 where b does not follow a at the distance of one element.
func gap(a, b unsafe.Pointer, size uintptr) int {
	return truth(uintptr(b) != uintptr(a)+size)
}

// listGaps counts the same in a list whose records were made one by one, between other allocations.
func listGaps(n int) int {
	var head *record
	keep := make([][]byte, n)
	for i := 0; i < n; i++ {
		head = &record{next: head}
		keep[i] = make([]byte, 16)
	}
	gaps := 0
	for at := head; at.next != nil; at = at.next {
		gaps += gap(unsafe.Pointer(at), unsafe.Pointer(at.next), unsafe.Sizeof(*at))
	}
	if len(keep) != n {
		log.Fatal("kept nothing")
	}
	return gaps
}

// rowGaps counts where a row of a slice of slices does not begin at the end of the row before.
func rowGaps(n int) int {
	rows := make([][]int, n)
	for i := range rows {
		rows[i] = make([]int, rowLength)
	}
	gaps := 0
	for i := 0; i+1 < n; i++ {
		gaps += gap(unsafe.Pointer(&rows[i][0]), unsafe.Pointer(&rows[i+1][0]), rowLength*unsafe.Sizeof(rows[0][0]))
	}
	return gaps
}

func truth(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func show(metric string, value int) {
	fmt.Printf("{\"metric\": %q, \"value\": %d}\n", metric, value)
}
