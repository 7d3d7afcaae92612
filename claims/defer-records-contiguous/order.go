// Command order prints how many of the defer records that follow each other in a goroutine's list lie next to each other in
// memory, when N calls are pending. MODE says what is deferred, and what went before:
//
//	new          a function without arguments, in a new program
//	source       fmt.Printf with an argument, in a new program
//	closure      a function that has captured a string and a slice, in a new program
//	reused       as new, but the same function has run before, so that its records come from the pool
//	interleaved  as reused, but what ran before was 4 goroutines that took turns
//	small        as closure, but with less captured, so that the closure is of another size than the record (a check)
//	array        no records, but the elements of an array of that size (a check of the ruler)
//
// BETWEEN=1 has the program allocate a block of a record's size after each record (a check).
//
// The records are also sent through a cache of 32 KiB with 8 ways and lines of 64 bytes, which is the first level of most
// processors, in the order of the list: misses is how often a line was not there, over the fewest that records of this
// size can have.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"sync"
	"unsafe"
)

const cacheLine = 64

var (
	count  int
	blocks [][]*byte
)

func tick() { count++ }

func plain(n int, look func()) {
	for i := 0; i < n; i++ {
		defer tick()
		between()
	}
	look()
}

// between allocates a block as large as a record after each, if the program was told to.
var between = func() {}

func source(n int, look func()) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
		between()
	}
	look()
}

func closure(n int, look func()) {
	for i := 0; i < n; i++ {
		name, data := os.Args[0], os.Args[1:]
		defer func() { count += len(name) + len(data) }()
		between()
	}
	look()
}

func small(n int, look func()) {
	for i := 0; i < n; i++ {
		name := os.Args[0]
		defer func() { count += len(name) }()
	}
	look()
}

// missesOf is how often a line of the records is not in a cache that puts out what was used least recently.
func missesOf(list []uint64, size uint64) (misses int) {
	const sets, ways = 64, 8
	var cache [sets][]uint64
	for _, record := range list {
		for line := record / cacheLine; line <= (record+size-1)/cacheLine; line++ {
			set := cache[line%sets]
			at := 0
			for at < len(set) && set[at] != line {
				at++
			}
			if at == len(set) {
				misses++
				if len(set) < ways {
					set = append(set, 0)
				}
				at = len(set) - 1
			}
			copy(set[1:at+1], set[:at])
			set[0] = line
			cache[line%sets] = set
		}
	}
	return misses
}

// takeTurns has goroutines defer n calls in all. They give way to each other every few calls.
func takeTurns(n int) {
	const goroutines = 4
	var registered, ended sync.WaitGroup
	registered.Add(goroutines)
	ended.Add(goroutines)
	for k := 0; k < goroutines; k++ {
		stride := 1 + k
		go func() {
			defer ended.Done()
			for i := 0; i < n/goroutines; i++ {
				defer tick()
				if i%stride == 0 {
					runtime.Gosched()
				}
			}
			registered.Done()
			registered.Wait()
		}()
	}
	ended.Wait()
}

// slot returns the size of the heap's smallest block that holds so many bytes.
func slot(size uint64) uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for _, class := range stats.BySize {
		if uint64(class.Size) >= size {
			return uint64(class.Size)
		}
	}
	return size
}

// size is that of a record with its call's arguments.
func (v *view) size(record uint64) uint64 { return v.recordSize() + v.argumentBytes(record) }

// argumentBytes is what lies behind a record for its call's arguments and results: a matter of releases before Go 1.17.
func (v *view) argumentBytes(record uint64) uint64 {
	for _, field := range v.structs["runtime._defer"].Field {
		if field.Name == "siz" {
			return v.word(record+uint64(field.ByteOffset)) & 0xffffffff
		}
	}
	return 0
}

func main() {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		log.Fatalf("N: %v", err)
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	silence()
	v := openView()
	body, mode := plain, os.Getenv("MODE")
	switch mode {
	case "new", "array":
	case "source":
		body = source
	case "closure":
		body = closure
	case "reused":
		plain(n, func() {})
	case "small":
		body = small
	case "interleaved":
		takeTurns(n)
	default:
		log.Fatalf("unknown MODE %q", mode)
	}

	var here byte
	g := v.goroutineAt(uintptr(unsafe.Pointer(&here)))
	if os.Getenv("BETWEEN") != "" {
		words := uint64(0)
		blocks = make([][]*byte, 0, n)
		between = func() {
			if words == 0 {
				words = (v.size(v.word(g+v.offset("runtime.g", "_defer"))) + 7) / 8
			}
			blocks = append(blocks, make([]*byte, words))
		}
	}
	none := len(v.records(g))
	var list []uint64
	var size, block uint64
	body(n, func() {
		list = v.records(g)
		list = list[:len(list)-none]
		size = v.size(list[0])
		block = slot(size)
	})
	if mode == "array" {
		for i := range list {
			list[i] = uint64(i+1) * block
		}
	}

	next := 0
	for i := 1; i < len(list); i++ {
		if list[i]-list[i-1] == block || list[i-1]-list[i] == block {
			next++
		}
	}
	lines := map[uint64]bool{}
	for _, record := range list {
		lines[record/cacheLine] = true
		lines[(record+v.recordSize()-1)/cacheLine] = true
	}
	sorted := append([]uint64(nil), list...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	touching := 0
	for i := 1; i < len(sorted); i++ {
		if sorted[i]-sorted[i-1] == block {
			touching++
		}
	}
	pairs := float64(len(list) - 1)
	report("records", len(list), "")
	report("adjacent", float64(next)/pairs, "")
	report("without_gap", float64(touching)/pairs, "")
	report("block", block, "B")
	report("lines_each", float64(len(lines))/float64(len(list)), "")
	fewest := float64(uint64(len(list))*block) / cacheLine
	report("misses", float64(missesOf(list, size))/fewest, "")
}
