#include "mspike/base.h"
int main(void)
{
    return 0;
}
