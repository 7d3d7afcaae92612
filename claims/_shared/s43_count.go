// Command s43_count reads a listing of `go tool objdump` on standard input and says what a defer adds to a function:
//
//	s43_count FUNCTION BASE <listing
//
// The path is what runs when nothing panics and the stack need not grow: from the function's entry to its first RET,
// past every conditional jump. The compiler's wrapper around the deferred function (FUNCTION.func1 or
// FUNCTION.deferwrap1), if there is one, belongs to the defer; the deferred function itself does not. Padding (NOP,
// INT $3) is no instruction here.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
)

var (
	header      = regexp.MustCompile(`^TEXT (\S+)\(SB\)`)
	instruction = regexp.MustCompile(`^\s+\S.*?\t\s*0x[0-9a-f]+\t\s*[0-9a-f]+\t\s*(\S.*?)\s*$`)
	padding     = regexp.MustCompile(`^(NOP|INT \$0x3|XCHGL? AX, AX)`)
	jump        = regexp.MustCompile(`^JMP`)
	grow        = regexp.MustCompile(`^(SUBQ \$(0x[0-9a-f]+)|ADDQ \$-(0x[0-9a-f]+)), SP$`)
	toStack     = regexp.MustCompile(`^(MOV\w+ ([A-D]X|[SD]I|BP|R\d+|X\d+), (0x[0-9a-f]+|0)\(SP\)|PUSHQ )`)
)

type function struct{ code, path []string }

// frame is how many bytes the path takes for the function's frame.
func (f function) frame() int64 {
	for _, text := range f.path {
		if m := grow.FindStringSubmatch(text); m != nil {
			bytes, err := strconv.ParseInt(m[2]+m[3], 0, 64)
			if err != nil {
				log.Fatal(err)
			}
			return bytes
		}
	}
	return 0
}

// stores is how many registers the path writes to the stack.
func (f function) stores() (count int) {
	for _, text := range f.path {
		if toStack.MatchString(text) {
			count++
		}
	}
	return count
}

// read splits the listing into functions.
func read() map[string]function {
	functions := map[string]function{}
	name, over := "", false
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if m := header.FindStringSubmatch(in.Text()); m != nil {
			name, over = strings.TrimPrefix(m[1], "main."), false
			continue
		}
		m := instruction.FindStringSubmatch(in.Text())
		if m == nil || name == "" {
			continue
		}
		text := strings.Join(strings.Fields(m[1]), " ")
		if padding.MatchString(text) {
			continue
		}
		f := functions[name]
		f.code = append(f.code, text)
		if !over {
			if jump.MatchString(text) {
				log.Fatalf("%s: %q comes before the first RET, so the path is not straight", name, text)
			}
			f.path = append(f.path, text)
			over = strings.HasPrefix(text, "RET")
		}
		functions[name] = f
	}
	return functions
}

func main() {
	functions := read()
	whole, base := functions[os.Args[1]], functions[os.Args[2]]
	if len(whole.path) == 0 || len(base.path) == 0 {
		log.Fatalf("%s or %s is not in the listing", os.Args[1], os.Args[2])
	}
	path, code, stores := len(whole.path), len(whole.code), whole.stores()
	wrapper := 0
	for name, f := range functions {
		if strings.HasPrefix(name, os.Args[1]+".") {
			path, code, stores = path+len(f.path), code+len(f.code), stores+f.stores()
			wrapper += len(f.path)
		}
	}
	path, code, stores = path-len(base.path), code-len(base.code), stores-base.stores()
	frame := whole.frame() - base.frame()

	report("executed", path)
	report("of_wrapper", wrapper)
	report("in_code", code)
	fmt.Printf("{\"metric\": \"frame\", \"value\": %d, \"unit\": \"B\"}\n", frame)
	report("stores", stores)
}

func report(metric string, value int) {
	fmt.Printf("{\"metric\": %q, \"value\": %d}\n", metric, value)
}
