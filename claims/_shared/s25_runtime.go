// This file is part of programs that look at what the runtime keeps about a goroutine: its stack and
// its list of deferred calls, the pool of free defer records of the first P, and the central list.
// It finds them as a debugger does: addresses from the executable's symbol table, the places
// of fields from its debugging information, the values through /proc/self/mem. So it holds for whatever
// the toolchain at hand made of these structures.

package main

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// view is the open memory of this process and what is known of the structures in it.
type view struct {
	memory  int
	symbols map[string]uint64
	structs map[string]*dwarf.StructType
}

// openView reads the executable's own debugging information. It must not have been stripped.
func openView() *view {
	file, err := elf.Open("/proc/self/exe")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	v := &view{symbols: map[string]uint64{}, structs: map[string]*dwarf.StructType{}}
	symbols, err := file.Symbols()
	if err != nil {
		log.Fatal(err)
	}
	for _, symbol := range symbols {
		v.symbols[symbol.Name] = symbol.Value
	}
	data, err := file.DWARF()
	if err != nil {
		log.Fatal(err)
	}
	v.readStructs(data)
	if v.memory, err = syscall.Open("/proc/self/mem", os.O_RDONLY, 0); err != nil {
		log.Fatal(err)
	}
	return v
}

func (v *view) readStructs(data *dwarf.Data) {
	wanted := map[string]bool{"runtime.g": true, "runtime.p": true, "runtime.schedt": true, "runtime._defer": true, "runtime.stack": true}
	reader := data.Reader()
	for len(v.structs) < len(wanted) {
		entry, err := reader.Next()
		if err != nil || entry == nil {
			log.Fatalf("debugging information ends early: %v", err)
		}
		if entry.Tag == dwarf.TagCompileUnit {
			continue
		}
		if name, _ := entry.Val(dwarf.AttrName).(string); entry.Tag == dwarf.TagStructType && wanted[name] {
			kind, err := data.Type(entry.Offset)
			if err != nil {
				log.Fatal(err)
			}
			v.structs[name] = kind.(*dwarf.StructType)
		}
		reader.SkipChildren()
	}
}

// field returns the place of a structure's field in it, and the field's type.
func (v *view) field(structure, name string) (uint64, dwarf.Type) {
	for _, field := range v.structs[structure].Field {
		if field.Name == name {
			return uint64(field.ByteOffset), field.Type
		}
	}
	log.Fatalf("%s has no field %s", structure, name)
	return 0, nil
}

func (v *view) offset(structure, name string) uint64 {
	place, _ := v.field(structure, name)
	return place
}

func (v *view) symbol(name string) uint64 {
	address, there := v.symbols[name]
	if !there {
		log.Fatalf("no symbol %s", name)
	}
	return address
}

// words reads machine words from memory.
func (v *view) words(address uint64, into []uint64) {
	var buffer [256]byte
	for len(into) > 0 {
		part := buffer[:]
		if len(part) > 8*len(into) {
			part = part[:8*len(into)]
		}
		if n, err := syscall.Pread(v.memory, part, int64(address)); err != nil || n != len(part) {
			log.Fatalf("cannot read %d bytes at %#x: %v", len(part), address, err)
		}
		for i := 0; i < len(part)/8; i++ {
			into[i] = binary.LittleEndian.Uint64(part[8*i:])
		}
		into, address = into[len(part)/8:], address+uint64(len(part))
	}
}

func (v *view) word(address uint64) uint64 {
	var one [1]uint64
	v.words(address, one[:])
	return one[0]
}

// goroutineAt returns the descriptor of the goroutine on whose stack the address lies.
func (v *view) goroutineAt(address uintptr) uint64 {
	var slice [2]uint64
	v.words(v.symbol("runtime.allgs"), slice[:])
	for i := uint64(0); i < slice[1]; i++ {
		g := v.word(slice[0] + 8*i)
		if low, high := v.stack(g); low <= uint64(address) && uint64(address) < high {
			return g
		}
	}
	log.Fatalf("no goroutine has %#x on its stack", address)
	return 0
}

// stack returns the bounds of the goroutine's stack.
func (v *view) stack(g uint64) (low, high uint64) {
	place := v.offset("runtime.g", "stack")
	return v.word(g + place + v.offset("runtime.stack", "lo")), v.word(g + place + v.offset("runtime.stack", "hi"))
}

// records returns the addresses of the goroutine's pending defer records, the newest first.
func (v *view) records(g uint64) []uint64 {
	link := v.offset("runtime._defer", "link")
	var found []uint64
	for d := v.word(g + v.offset("runtime.g", "_defer")); d != 0; d = v.word(d + link) {
		found = append(found, d)
	}
	return found
}

// recordSize is the size of a record's type in bytes, without arguments.
func (v *view) recordSize() uint64 {
	return uint64(v.structs["runtime._defer"].ByteSize)
}

// localPool returns the addresses of the free records in the first P's pool, in the order of the pool.
// Where the runtime has a pool for each size of arguments, it is the one for none.
func (v *view) localPool() []uint64 {
	var slice [2]uint64
	v.words(v.word(v.word(v.symbol("runtime.allp")))+v.offset("runtime.p", "deferpool"), slice[:])
	found := make([]uint64, slice[1])
	v.words(slice[0], found)
	return found
}

// localPoolSize is the length of localPool, read without allocating memory.
func (v *view) localPoolSize() uint64 {
	return v.word(v.word(v.word(v.symbol("runtime.allp"))) + v.offset("runtime.p", "deferpool") + 8)
}

// centralPoolHead is the address of the first free record in the list that all Ps share, or 0.
func (v *view) centralPoolHead() uint64 {
	return v.word(v.symbol("runtime.sched") + v.offset("runtime.schedt", "deferpool"))
}

// centralPool returns the addresses of the free records in the list that all Ps share.
func (v *view) centralPool() []uint64 {
	link := v.offset("runtime._defer", "link")
	var found []uint64
	for d := v.centralPoolHead(); d != 0; d = v.word(d + link) {
		found = append(found, d)
	}
	return found
}

// report prints a metric as the engine reads it. The unit may be empty.
func report(metric string, value interface{}, unit string) {
	text := fmt.Sprint(value)
	if _, isText := value.(string); isText {
		text = fmt.Sprintf("%q", value)
	}
	if unit != "" {
		unit = fmt.Sprintf(", \"unit\": %q", unit)
	}
	fmt.Fprintf(results, "{\"metric\": %q, \"value\": %s%s}\n", metric, text, unit)
}

// results is where reports go. Programs whose deferred calls print to standard output put /dev/null in its
// place with silence.
var results = os.Stdout

// silence lets all further output of the fmt package's Print functions go to /dev/null. Reports go where they went.
func silence() {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout = null
}

// growth is what a goroutine's work did to its memory.
type growth struct {
	start   uint64 // its stack before the work
	pending uint64 // its stack in the middle of the work, where it called pause
	used    uint64 // how much of that was in use
	after   uint64 // its stack when the work was done: since no collection shrinks it, the largest that it had
	heap    uint64 // bytes that it had allocated on the heap by then
	spans   int64  // growth of the process's stack memory (MemStats.StackInuse) from before to after
}

// Main waits at each of these for the goroutine at work, and the goroutine for main.
var (
	reached = make(chan uintptr)
	proceed = make(chan struct{})
)

// pause lets main look at the goroutine at work.
func pause() {
	var here byte
	reached <- uintptr(unsafe.Pointer(&here))
	<-proceed
}

// observe runs work, which calls pause once, in a goroutine of its own. Collections must be off.
func (v *view) observe(work func()) (seen growth) {
	var stats runtime.MemStats
	go func() {
		var here byte
		reached <- uintptr(unsafe.Pointer(&here))
		<-proceed
		work()
		reached <- 0
		select {} // the stack stays as it is
	}()
	g := v.goroutineAt(<-reached)
	size := func() uint64 {
		low, high := v.stack(g)
		return high - low
	}
	seen.start = size()
	runtime.ReadMemStats(&stats)
	inuse, total := stats.StackInuse, stats.TotalAlloc
	proceed <- struct{}{}

	at := uint64(<-reached)
	_, high := v.stack(g)
	seen.used = high - at
	seen.pending = size()
	runtime.ReadMemStats(&stats)
	seen.heap = stats.TotalAlloc - total
	proceed <- struct{}{}

	<-reached
	seen.after = size()
	runtime.ReadMemStats(&stats)
	seen.spans = int64(stats.StackInuse - inuse)
	return seen
}
