// The part of After Effects' object model that a hand-off script touches. It refuses what After Effects refuses, and
// `state` holds what came of it. `disk` are the absolute paths of files that exist.

var state = {items: [], comps: [], alerts: [], undo: [], open: 0};
var disk = {};
var $ = {fileName: ""};

// What ECMAScript 3 has not got is taken away, so that a script that needs it fails.
delete this.JSON;
["forEach", "map", "filter", "reduce", "indexOf", "some", "every", "includes", "find"].forEach(function (name) {
    delete Array.prototype[name];
});
delete Array.isArray;
delete Object.keys;
delete Object.assign;
delete String.prototype.trim;
delete String.prototype.padStart;
delete String.prototype.startsWith;
delete String.prototype.includes;
delete Function.prototype.bind;

function enumeration(kind, names) {
    var result = {};
    for (var i = 0; i < names.length; i += 1) {
        result[names[i]] = kind + "." + names[i];
    }
    return result;
}

var AlphaMode = enumeration("AlphaMode", ["IGNORE", "STRAIGHT", "PREMULTIPLIED"]);
var BlendingMode = enumeration("BlendingMode", ["NORMAL", "DARKEN", "MULTIPLY", "COLOR_BURN", "LIGHTEN", "SCREEN",
    "COLOR_DODGE", "ADD", "OVERLAY", "SOFT_LIGHT", "HARD_LIGHT", "DIFFERENCE", "HUE", "SATURATION", "COLOR",
    "LUMINOSITY"]);
var ImportAsType = enumeration("ImportAsType", ["FOOTAGE", "COMP"]);
var KeyframeInterpolationType = enumeration("KeyframeInterpolationType", ["LINEAR", "BEZIER", "HOLD"]);
var TimeDisplayType = enumeration("TimeDisplayType", ["FRAMES", "TIMECODE"]);
var FramesCountType = enumeration("FramesCountType", ["FC_START_0", "FC_START_1"]);

function alert(text) { state.alerts.push(text); }

// A File takes percent signs as escapes, whatever it is given.
function File(name) {
    this.fsName = decodeURIComponent(name);
    this.absoluteURI = encodeURI(this.fsName);
    this.exists = disk[this.fsName] === true;
}
Object.defineProperty(File.prototype, "parent", {
    get: function () { return new File(encodeURI(this.fsName.replace(/\/[^\/]*$/, ""))); }
});

function ImportOptions(file) {
    this.file = file;
    this.sequence = false;
    if (!file.exists) { throw new Error("After Effects error: no file " + file.fsName); }
}

function FootageSource(file, isSequence) {
    this.hasAlpha = !/cat/.test(file);
    this.isStill = !isSequence && !/\.mov$/.test(file);
    var rate;
    Object.defineProperty(this, "conformFrameRate", {
        enumerable: true,
        get: function () { return rate; },
        set: function (value) {
            if (this.isStill) { throw new Error("After Effects error: a still has no frame rate"); }
            rate = value;
        }
    });
}

function Property(owner, matchName) {
    this.matchName = matchName;
    this.value = null;
    this.keys = [];
    this.numKeys = 0;
}
Property.prototype.setValue = function (value) {
    if (this.numKeys > 0) { throw new Error("After Effects error: the property has keyframes"); }
    this.value = value;
};
Property.prototype.setValueAtTime = function (time, value) {
    this.keys.push({time: time, value: value, interpolation: []});
    this.keys.sort(function (a, b) { return a.time - b.time; });
    this.numKeys = this.keys.length;
};
Property.prototype.setInterpolationTypeAtKey = function (index, before, after) {
    this.keys[index - 1].interpolation = [before, after];
};

function PropertyGroup(matchName) {
    this.matchName = matchName;
    this.children = [];
}
PropertyGroup.prototype.property = function (matchName) {
    for (var i = 0; i < this.children.length; i += 1) {
        if (this.children[i].matchName === matchName) { return this.children[i]; }
    }
    if (this.matchName === "ADBE Effect Parade") { return null; }
    this.children.push(new Property(this, matchName));
    return this.children[this.children.length - 1];
};
PropertyGroup.prototype.addProperty = function (matchName) {
    this.children.push(new PropertyGroup(matchName));
    return this.children[this.children.length - 1];
};

function Layer(source) {
    this.source = source;
    this.groups = {
        "ADBE Transform Group": new PropertyGroup("ADBE Transform Group"),
        "ADBE Effect Parade": new PropertyGroup("ADBE Effect Parade")
    };
}
Layer.prototype.property = function (matchName) { return this.groups[matchName]; };

function Composition(name, width, height, pixelAspect, duration, frameRate) {
    if (width < 4 || height < 4 || duration <= 0) { throw new Error("After Effects error: bad composition"); }
    this.name = name;
    this.width = width;
    this.height = height;
    this.pixelAspect = pixelAspect;
    this.duration = duration;
    this.frameRate = frameRate;
    this.frameDuration = 1 / frameRate;
    this.stack = [];
    var stack = this.stack;
    this.layers = {add: function (item) {
        stack.splice(0, 0, new Layer(item)); // on top
        return stack[0];
    }};
}
Composition.prototype.openInViewer = function () { state.viewed = this.name; };

function Project() {
    this.bitsPerChannel = 8;
    this.timeDisplayType = TimeDisplayType.TIMECODE;
    this.workingSpace = "";
    this.linearBlending = false;
    this.linearizeWorkingSpace = false;
    this.numItems = 0;
    var project = this;
    this.items = {addComp: function (name, width, height, pixelAspect, duration, frameRate) {
        var comp = new Composition(name, width, height, pixelAspect, duration, frameRate);
        state.comps.push(comp);
        project.numItems += 1;
        return comp;
    }};
}
Project.prototype.importFile = function (options) {
    var item = {file: options.file.fsName, sequence: options.sequence, importAs: options.importAs};
    item.mainSource = new FootageSource(options.file.fsName, options.sequence);
    state.items.push(item);
    this.numItems += 1;
    return item;
};
Project.prototype.importPlaceholder = function (name, width, height, frameRate, duration) {
    var item = {placeholder: name, size: [width, height], frameRate: frameRate, duration: duration};
    state.items.push(item);
    this.numItems += 1;
    return item;
};

var app = {
    project: new Project(),
    beginUndoGroup: function (name) { state.undo.push(name); state.open += 1; },
    endUndoGroup: function () { state.open -= 1; }
};
