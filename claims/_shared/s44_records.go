// Command s44_records lets goroutines register deferred calls, stops them there, and reads the records of these calls from a
// heap dump of its own process (runtime/debug.WriteHeapDump), which names every goroutine's first record, and of
// each record the address, the goroutine and the next.
//
//	s44_records KIND GOROUTINES
//
// KIND is loop (a defer in a loop), stack (nine defers in one function), own or own-stack (no defer: the program
// links nodes of its own, on the heap or on the goroutine's stack, at multiples of 64, and finds them in the dump).
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

const (
	perGoroutine = 24
	line         = 64
)

type record struct{ address, goroutine, next uint64 }

var (
	waiting sync.WaitGroup
	done    = make(chan struct{})
	total   int64
)

//go:noinline
func note(x int) { total += int64(x) }

func wait() {
	waiting.Done()
	<-done
}

//go:noinline
func inLoop(n int) {
	for i := 0; i < n; i++ {
		defer note(0)
	}
	wait()
}

//go:noinline
func nine() {
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	defer note(0)
	wait()
}

// node is what a record would be if it were as long as a line of the cache. Its mark tells it from other objects.
type node struct {
	next *node
	mark uint64
	_    [line - 16]byte
}

const mark = 0x6465666572726564

// link puts n nodes at the front of a list.
//
//go:noinline
func link(n int) {
	var list *node
	for i := 0; i < n; i++ {
		list = &node{next: list, mark: mark}
	}
	wait()
	runtime.KeepAlive(list)
}

// linkOnStack puts nine nodes at the front of a list, in room of its own frame, from the first multiple of 64 on. The frame of a stack
// that moves stays where it was modulo 64.
//
//go:noinline
func linkOnStack() {
	var room [10 * line / 8]uint64
	first := -uintptr(unsafe.Pointer(&room)) % line / 8
	list := uint64(0)
	for at := first; at < first+9*line/8; at += line / 8 {
		room[at], room[at+1] = list, mark
		list = uint64(uintptr(unsafe.Pointer(&room[at])))
	}
	wait()
	runtime.KeepAlive(&room)
}

// ---- the dump: see runtime/heapdump.go

type dump struct{ *bufio.Reader }

func (d dump) number() uint64 {
	n, err := binary.ReadUvarint(d)
	if err != nil {
		log.Fatal(err)
	}
	return n
}

func (d dump) numbers(count int) (last uint64) {
	for i := 0; i < count; i++ {
		last = d.number()
	}
	return last
}

func (d dump) text() []byte {
	text := make([]byte, d.number())
	if _, err := io.ReadFull(d, text); err != nil {
		log.Fatal(err)
	}
	return text
}

func (d dump) fields() {
	for d.number() != 0 {
		d.number()
	}
}

// object is what the dump says of a block of the heap: where it is and what it begins with.
type object struct{ address, size, first, second uint64 }

// read passes over everything but records, goroutines' heads and objects.
func read(file io.Reader) (records []record, heads map[uint64]uint64, objects []object) {
	d := dump{bufio.NewReader(file)}
	if _, err := d.ReadString('\n'); err != nil {
		log.Fatal(err)
	}
	heads = map[uint64]uint64{}
	for {
		switch tag := d.number(); tag {
		case 0:
			return records, heads, objects
		case 1: // object
			o := object{address: d.number()}
			content := d.text()
			o.size = uint64(len(content))
			if o.size >= 16 {
				o.first = binary.LittleEndian.Uint64(content)
				o.second = binary.LittleEndian.Uint64(content[8:])
			}
			d.fields()
			objects = append(objects, o)
		case 2: // other root
			d.text()
			d.number()
		case 3: // type
			d.numbers(2)
			d.text()
			d.number()
		case 4: // goroutine
			address := d.number()
			d.numbers(7)
			d.text()
			d.numbers(2)
			heads[address] = d.number()
			d.number()
		case 5: // frame of a stack
			address := d.number()
			d.numbers(2)
			objects = append(objects, marksIn(address, d.text())...)
			d.numbers(3)
			d.text()
			d.fields()
		case 6: // parameters
			d.numbers(4)
			d.text()
			d.text()
			d.number()
		case 7, 11: // finalizer
			d.numbers(5)
		case 8: // itab
			d.numbers(2)
		case 9: // thread
			d.numbers(3)
		case 10: // statistics
			d.numbers(24 + 256 + 1)
		case 12, 13: // data, bss
			d.number()
			d.text()
			d.fields()
		case 14: // deferred call
			r := record{address: d.number(), goroutine: d.number()}
			d.number()
			pc := d.number()
			d.numbers(2)
			r.next = d.number()
			if f := runtime.FuncForPC(uintptr(pc)); f != nil && strings.HasPrefix(f.Name(), "main.") {
				records = append(records, r)
			}
		case 15: // panic
			d.numbers(6)
		case 16: // profile
			d.numbers(2)
			for n := d.number(); n > 0; n-- {
				d.text()
				d.text()
				d.number()
			}
			d.numbers(2)
		case 17: // sample of the profile
			d.numbers(2)
		default:
			log.Fatalf("a record of kind %d in the dump", tag)
		}
	}
}

// marksIn finds the program's own nodes in a frame.
func marksIn(address uint64, frame []byte) (found []object) {
	for at := 0; at+16 <= len(frame); at += 8 {
		if binary.LittleEndian.Uint64(frame[at+8:]) == mark {
			found = append(found, object{address + uint64(at), line, binary.LittleEndian.Uint64(frame[at:]), mark})
		}
	}
	return found
}

// marked finds the program's own nodes among the objects, and the first of each list: a node that no other leads to.
func marked(objects []object) (records []record, heads map[uint64]uint64) {
	heads, later := map[uint64]uint64{}, map[uint64]bool{}
	for _, o := range objects {
		if o.size == line && o.second == mark {
			records = append(records, record{address: o.address, next: o.first})
			later[o.first] = true
		}
	}
	for _, r := range records {
		if !later[r.address] {
			heads[r.address] = r.address
		}
	}
	return records, heads
}

func main() {
	runtime.MemProfileRate = 0
	kind := os.Args[1]
	goroutines, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	start := map[string]func(){
		"loop":      func() { inLoop(perGoroutine) },
		"stack":     nine,
		"own":       func() { link(perGoroutine) },
		"own-stack": linkOnStack,
	}[kind]
	waiting.Add(goroutines)
	for i := 0; i < goroutines; i++ {
		go start()
	}
	waiting.Wait()
	for i := 0; i < 100; i++ {
		runtime.Gosched() // a goroutine that has said that it waits may still be on its way
	}
	file, err := os.Create("heap.dump")
	if err != nil {
		log.Fatal(err)
	}
	debug.WriteHeapDump(file.Fd())
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	records, heads, objects := read(file)
	if strings.HasPrefix(kind, "own") {
		records, heads = marked(objects)
	}
	describe(records, heads)
}

// describe prints the metrics, and the first records as they lie in memory.
func describe(records []record, heads map[uint64]uint64) {
	report := func(metric string, value interface{}, unit string) {
		fmt.Printf("{\"metric\": %q, \"value\": %v, \"unit\": %q}\n", metric, value, unit)
	}
	byAddress := map[uint64]record{}
	for _, r := range records {
		byAddress[r.address] = r
	}
	// Lists that end in the same record are one list, whatever number of goroutines leads to it.
	longest, ends, reached := 0, map[uint64]bool{}, map[uint64]int{}
	for _, head := range heads {
		length, end := 0, uint64(0)
		for at := head; at != 0; at = byAddress[at].next {
			if _, ok := byAddress[at]; !ok {
				break
			}
			reached[at]++
			length, end = length+1, at
		}
		if length > 0 {
			ends[end] = true
		}
		if length > longest {
			longest = length
		}
	}
	shared := 0
	for _, times := range reached {
		if times > 1 {
			shared++
		}
	}
	report("records", len(records), "")
	report("lists", len(ends), "")
	report("longest", longest, "")
	report("shared", shared, "")
	if len(records) == 0 {
		return
	}

	sort.Slice(records, func(i, j int) bool { return records[i].address < records[j].address })
	aligned, gap, lines := 0, uint64(1<<63), map[uint64]int{}
	for i, r := range records {
		if r.address%line == 0 {
			aligned++
		}
		lines[r.address/line]++
		if i > 0 && r.address-records[i-1].address < gap {
			gap = r.address - records[i-1].address
		}
		if i < 12 {
			fmt.Printf("record at %#x, which is %2d modulo %d\n", r.address, r.address%line, line)
		}
	}
	crowded := 0
	for _, count := range lines {
		if count > 1 {
			crowded++
		}
	}
	report("aligned", fmt.Sprintf("%.1f", 100*float64(aligned)/float64(len(records))), "%")
	report("spacing", gap, "B")
	report("crowded_lines", crowded, "")
}
