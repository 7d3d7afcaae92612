package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io/ioutil"
	"log"
)

// frame is one function on a stack, with the line at which it was.
type frame struct {
	function string
	line     uint64
}

// stack is a stack of a CPU profile, innermost function first, and how often it was seen.
type stack struct {
	samples uint64
	frames  []frame
}

// field is one field of a message in the encoding of protocol buffers.
type field struct {
	number uint64
	value  uint64
	bytes  []byte
}

func fields(message []byte) (found []field) {
	number := func() uint64 {
		value, n := binary.Uvarint(message)
		if n <= 0 {
			log.Fatal("the profile is cut off")
		}
		message = message[n:]
		return value
	}
	for len(message) > 0 {
		key := number()
		f := field{number: key >> 3}
		switch key & 7 {
		case 0:
			f.value = number()
		case 2:
			size := number()
			f.bytes, message = message[:size], message[size:]
		default:
			log.Fatalf("the profile holds a field of wire type %d", key&7)
		}
		found = append(found, f)
	}
	return found
}

// numbers gives a repeated number, whether packed or not.
func (f field) numbers() (list []uint64) {
	if f.bytes == nil {
		return []uint64{f.value}
	}
	for rest := f.bytes; len(rest) > 0; {
		value, n := binary.Uvarint(rest)
		list, rest = append(list, value), rest[n:]
	}
	return list
}

// readProfile takes apart what runtime/pprof writes: the message Profile of github.com/google/pprof/proto/profile.proto.
func readProfile(compressed []byte) (stacks []stack) {
	unzipped, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		log.Fatal(err)
	}
	message, err := ioutil.ReadAll(unzipped)
	if err != nil {
		log.Fatal(err)
	}
	var texts []string
	names := map[uint64]uint64{}
	type place struct{ function, line uint64 }
	places := map[uint64][]place{}
	parts := fields(message)
	for _, part := range parts {
		switch part.number {
		case 4: // Location
			var id uint64
			var lines []place
			for _, f := range fields(part.bytes) {
				switch f.number {
				case 1:
					id = f.value
				case 4: // Line
					var p place
					for _, g := range fields(f.bytes) {
						switch g.number {
						case 1:
							p.function = g.value
						case 2:
							p.line = g.value
						}
					}
					lines = append(lines, p)
				}
			}
			places[id] = lines
		case 5: // Function
			var id, name uint64
			for _, f := range fields(part.bytes) {
				switch f.number {
				case 1:
					id = f.value
				case 2:
					name = f.value
				}
			}
			names[id] = name
		case 6:
			texts = append(texts, string(part.bytes))
		}
	}
	for _, part := range parts {
		if part.number != 2 { // Sample
			continue
		}
		var s stack
		var values []uint64
		for _, f := range fields(part.bytes) {
			switch f.number {
			case 1:
				for _, id := range f.numbers() {
					for _, p := range places[id] {
						s.frames = append(s.frames, frame{texts[names[p.function]], p.line})
					}
				}
			case 2:
				values = append(values, f.numbers()...)
			}
		}
		s.samples = values[0]
		stacks = append(stacks, s)
	}
	return stacks
}
