#pragma once
#include "../plain.hpp"
