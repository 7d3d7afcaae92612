// Command chains lets goroutines hold different numbers of pending defers, has the runtime dump its heap, and follows
// each goroutine's list through the dump: from the head that the goroutine's descriptor gives, by link.
//
// Usage: chains DUMP
// RETURNED=1 lets the goroutines run their deferred calls before the dump is made.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"sort"
)

var registered = []int{3, 50, 1000}

func nothing() {}

//go:noinline
func register(n int, ready chan<- bool, wait bool) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	if wait {
		ready <- true
		select {}
	}
}

func hold(n int, ready chan<- bool) {
	register(n, ready, os.Getenv("RETURNED") == "")
	ready <- true
	select {}
}

type record struct{ goroutine, link uint64 }

type goroutine struct {
	address, head uint64
	holds         bool
}

// dump reads what runtime/debug.WriteHeapDump writes; the format is described at go.dev/wiki/heapdump15-through-heapdump17.
type dump struct {
	in      *bufio.Reader
	records map[uint64]record
	all     []goroutine
}

func (d *dump) number() uint64 {
	n, err := binary.ReadUvarint(d.in)
	if err != nil {
		log.Fatal(err)
	}
	return n
}

func (d *dump) numbers(count int) (list []uint64) {
	for i := 0; i < count; i++ {
		list = append(list, d.number())
	}
	return list
}

func (d *dump) text() string {
	b := make([]byte, d.number())
	if _, err := io.ReadFull(d.in, b); err != nil {
		log.Fatal(err)
	}
	return string(b)
}

// pointers passes over a list of fields.
func (d *dump) pointers() {
	for d.number() != 0 {
		d.number()
	}
}

func (d *dump) read() {
	if header, err := d.in.ReadString('\n'); err != nil || header != "go1.7 heap dump\n" {
		log.Fatalf("not a heap dump: %q", header)
	}
	for {
		switch tag := d.number(); tag {
		case 0:
			return
		case 1: // object
			d.number()
			d.text()
			d.pointers()
		case 2: // another root
			d.text()
			d.number()
		case 3: // type
			d.numbers(2)
			d.text()
			d.number()
		case 4: // goroutine
			g := goroutine{address: d.number()}
			d.numbers(7)
			d.text()
			d.numbers(2)
			g.head = d.number()
			d.number()
			d.all = append(d.all, g)
		case 5: // frame of the stack of the goroutine before
			d.numbers(3)
			d.text()
			d.numbers(3)
			if name := d.text(); name == "main.hold" {
				d.all[len(d.all)-1].holds = true
			}
			d.pointers()
		case 6: // parameters of the dump
			d.numbers(4)
			d.text()
			d.text()
			d.number()
		case 7, 11: // finalizers
			d.numbers(5)
		case 8: // itab
			d.numbers(2)
		case 9: // thread
			d.numbers(3)
		case 10: // statistics of memory
			d.numbers(24 + 256 + 1)
		case 12, 13: // data, bss
			d.number()
			d.text()
			d.pointers()
		case 14: // record of a defer
			n := d.numbers(7)
			d.records[n[0]] = record{n[1], n[6]}
		case 15: // panic
			d.numbers(6)
		case 16: // place of the memory profile
			d.numbers(2)
			for n := d.number(); n > 0; n-- {
				d.text()
				d.text()
				d.number()
			}
			d.numbers(2)
		case 17: // sample of the memory profile
			d.numbers(2)
		default:
			log.Fatalf("the dump holds the tag %d", tag)
		}
	}
}

func main() {
	ready := make(chan bool)
	for _, n := range registered {
		go hold(n, ready)
		<-ready
	}
	file, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	debug.WriteHeapDump(file.Fd())
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	d := dump{bufio.NewReader(file), map[uint64]record{}, nil}
	d.read()

	var lengths []int
	foreign, owner := 0, map[uint64]uint64{}
	for _, g := range d.all {
		if !g.holds {
			continue
		}
		length := 0
		for at := g.head; at != 0; length++ {
			r, known := d.records[at]
			if !known {
				log.Fatal("a link leads to what is no record")
			}
			if _, met := owner[at]; met || r.goroutine != g.address {
				foreign++
			}
			if owner[at] == g.address {
				log.Fatal("the list runs in a circle")
			}
			owner[at] = g.address
			at = r.link
		}
		lengths = append(lengths, length)
	}
	sort.Ints(lengths)
	fmt.Printf("{\"metric\": \"lengths\", \"value\": %q}\n", fmt.Sprint(lengths))
	fmt.Printf("{\"metric\": \"as_registered\", \"value\": %t}\n", fmt.Sprint(lengths) == fmt.Sprint(registered))
	fmt.Printf("{\"metric\": \"foreign_records\", \"value\": %d}\n", foreign)
}
