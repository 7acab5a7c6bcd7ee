#include "tests/ui_world.h"
int main(void) { return 0; }
