/* Moves the code of the file that includes it by LAYOUT_BYTES. */
#define LAYOUT_TEXT_(bytes) __asm__(".text\n\t.skip " #bytes ", 0x90\n\t.section .text.startup,\"ax\",@progbits\n\t.skip " #bytes ", 0x90\n\t.text")
#define LAYOUT_TEXT(bytes) LAYOUT_TEXT_(bytes)
LAYOUT_TEXT(LAYOUT_BYTES);
#undef LAYOUT_TEXT
#undef LAYOUT_TEXT_
