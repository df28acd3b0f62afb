#include <regex>
#include <iostream>
