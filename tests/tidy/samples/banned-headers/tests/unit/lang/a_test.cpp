#include <iostream>
#include <format>
