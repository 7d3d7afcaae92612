// Package corpus holds twenty uses of interfaces with one or two methods, as Go programs have them.
//
// The list was fixed before anything was counted. One function is one site; the functions named site… are
// counted, the others are what the sites need. The sites go by where the dynamic type comes from:
//
//	A  01-06  an interface parameter of an exported function: the caller may pass anything
//	B  07-10  an interface kept in a struct or a slice
//	C  11-13  an interface that another function returned
//	D  14-17  a concrete value, used as an interface in the same function
//	E  18-20  a concrete value, given to a small helper that takes an interface
//
// The comment above a site names, as a pattern, the values that are used through the interface: what is behind it and
// what is handed to its method. For the sites C they are made elsewhere, and are kept off the heap only if the
// compiler has brought them here by inlining and says so.
package corpus

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

type point struct{ x, y int }

func (p point) String() string { return "point" }

type syntaxError struct{ line int }

func (e *syntaxError) Error() string { return "syntax error" }

// ---- A: parameters

// values: [wp]
func Site01WriteBytes(w io.Writer, p []byte) (int, error) { return w.Write(p) }

// values: r|magic
func Site02ReadMagic(r io.Reader) (byte, error) {
	var magic [4]byte
	_, err := r.Read(magic[:])
	return magic[0], err
}

// values: c
func Site03CloseLogged(c io.Closer) {
	if err := c.Close(); err != nil {
		os.Exit(1)
	}
}

// values: s
func Site04Describe(s fmt.Stringer) int { return len(s.String()) }

// values: err
func Site05ErrorText(err error) string { return "failed: " + err.Error() }

// values: r
func Site06SkipByte(r io.ByteReader) error {
	_, err := r.ReadByte()
	return err
}

// ---- B: fields and elements

type logger struct{ out io.Writer }

// values: l|line
func (l *logger) Site07Print(line []byte) (int, error) { return l.out.Write(line) }

type countingReader struct {
	from io.Reader
	n    int
}

// values: [cp]
func (c *countingReader) Site08Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += n
	return n, err
}

type stack struct{ closers []io.Closer }

// values: s
func (s *stack) Site09CloseTop() error { return s.closers[len(s.closers)-1].Close() }

// values: writers|p
func Site10WriteAll(writers []io.Writer, p []byte) {
	for _, w := range writers {
		w.Write(p)
	}
}

// ---- C: results of other functions

func open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return os.Stdin, nil
	}
	return os.Open(name)
}

func parse(text string) error {
	if strings.HasPrefix(text, "#") {
		return &syntaxError{1}
	}
	return nil
}

// made elsewhere: (&os.File|new).*
func Site11OpenAndClose(name string) error {
	file, err := open(name)
	if err != nil {
		return err
	}
	return file.Close()
}

// made elsewhere: &syntaxError{.*
func Site12ParseError(text string) string {
	if err := parse(text); err != nil {
		return err.Error()
	}
	return ""
}

// made elsewhere: cause.*
func Site13CauseText(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		return cause.Error()
	}
	return ""
}

// ---- D: concrete values in the same function

// values: buffer|p
func Site14WriteToBuffer(p []byte) int {
	var buffer bytes.Buffer
	var w io.Writer = &buffer
	w.Write(p)
	return buffer.Len()
}

// values: &strings\.Reader{.*|p|text
func Site15ReadFromString(text string, p []byte) (int, error) {
	var r io.Reader = strings.NewReader(text)
	return r.Read(p)
}

// values: &syntaxError{.*
func Site16NewError() string {
	var err error = &syntaxError{7}
	return err.Error()
}

// values: point{.*|s
func Site17BoxedStringer(x, y int) int {
	var s fmt.Stringer = point{x, y}
	return len(s.String())
}

// ---- E: concrete values given to small helpers

func emit(w io.Writer, text string) { w.Write([]byte(text)) }

func label(s fmt.Stringer) string { return "<" + s.String() + ">" }

func firstByte(r io.ByteReader) byte {
	b, err := r.ReadByte()
	if err != nil {
		return 0
	}
	return b
}

// values: buffer|\(\[\]byte\)\(text\)
func Site18EmitToBuffer(text string) int {
	var buffer bytes.Buffer
	emit(&buffer, text)
	return buffer.Len()
}

// values: point{.*
func Site19LabelPoint(x, y int) string { return label(point{x, y}) }

// values: &bufio\.Reader{.*|&bytes\.Reader{.*|make.*|p
func Site20FirstByte(p []byte) byte { return firstByte(bufio.NewReader(bytes.NewReader(p))) }
