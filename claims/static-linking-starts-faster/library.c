/* A shared library of the least kind: some data that the loader must relocate, and nothing that runs at start. */
static int here(void)
{
    return 1;
}

#define TEN here, here, here, here, here, here, here, here, here, here

int (*const table[])(void) = {TEN, TEN, TEN, TEN, TEN};
