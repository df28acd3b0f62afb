#include <htslib/sam.h>
