// Builds a composition from footage and the layers over it. In After Effects: File > Scripts > Run Script File.
// ExtendScript: ECMAScript 3, without JSON.
(function (composition) {
    var CHOICES = {
        alpha: {none: AlphaMode.IGNORE, straight: AlphaMode.STRAIGHT, premultiplied: AlphaMode.PREMULTIPLIED},
        blend: {
            "normal": BlendingMode.NORMAL,
            "darken": BlendingMode.DARKEN,
            "multiply": BlendingMode.MULTIPLY,
            "colour burn": BlendingMode.COLOR_BURN,
            "lighten": BlendingMode.LIGHTEN,
            "screen": BlendingMode.SCREEN,
            "colour dodge": BlendingMode.COLOR_DODGE,
            "add": BlendingMode.ADD,
            "overlay": BlendingMode.OVERLAY,
            "soft light": BlendingMode.SOFT_LIGHT,
            "hard light": BlendingMode.HARD_LIGHT,
            "difference": BlendingMode.DIFFERENCE,
            "hue": BlendingMode.HUE,
            "saturation": BlendingMode.SATURATION,
            "colour": BlendingMode.COLOR,
            "luminosity": BlendingMode.LUMINOSITY
        }
    };
    var LATEST_START = 86339; // seconds; After Effects takes no later display start
    var CLIP_TO_BLACK_ON = 2; // of the effect Levels

    var warnings = [];

    // Returns the first of the media's places that exists, null where none does.
    function fileOf(media) {
        var folder = new File($.fileName).parent;
        for (var i = 0; i < media.places.length; i += 1) {
            var isAbsolute = /^([A-Za-z]:)?\//.test(media.places[i]);
            // A File reads percent signs as escapes, so every name is encoded.
            var name = encodeURI(media.places[i]);
            var file = new File(isAbsolute ? name : folder.absoluteURI + "/" + name);
            if (file.exists) {
                return file;
            }
        }
        return null;
    }

    function missingLayers() {
        var missing = [];
        for (var i = 0; i < composition.layers.length; i += 1) {
            if (fileOf(composition.layers[i].media) === null) {
                missing.push(composition.layers[i].media.places[0]);
            }
        }
        return missing;
    }

    function placeholder(media) {
        var seconds = media.frames / media.frameRate;
        warnings.push("The source " + media.places[media.places.length - 1] +
            " was not found; a placeholder stands for it. Replace its footage with the file.");
        return app.project.importPlaceholder(
            media.name, composition.width, composition.height, media.frameRate, seconds);
    }

    function imported(media) {
        var file = fileOf(media);
        if (file === null) {
            return placeholder(media);
        }
        var options = new ImportOptions(file);
        options.importAs = ImportAsType.FOOTAGE;
        options.sequence = media.kind === "sequence";
        var item = app.project.importFile(options);
        interpret(item, media);
        return item;
    }

    function interpret(item, media) {
        var source = item.mainSource;
        if (source.hasAlpha) {
            source.alphaMode = CHOICES.alpha[media.alpha];
            if (media.alpha === "premultiplied") {
                source.premulColor = [0, 0, 0];
            }
        }
        if (!source.isStill) {
            source.conformFrameRate = media.frameRate;
        }
        item.pixelAspect = composition.pixelAspect;
    }

    function newComposition() {
        var comp = app.project.items.addComp(composition.name, composition.width, composition.height,
            composition.pixelAspect, composition.frames / composition.frameRate, composition.frameRate);
        var start = composition.displayStart * comp.frameDuration;
        comp.dropFrame = composition.dropFrame;
        comp.comment = composition.notes.join("\n");
        if (start <= LATEST_START) {
            comp.displayStartTime = start;
        } else {
            warnings.push("After Effects counts no further than a day, so the first frame, " +
                composition.displayStart + ", shows as 0.");
        }
        return comp;
    }

    // Frames count from the composition's first one, 0.
    function place(comp, item, description) {
        var layer = comp.layers.add(item);
        layer.name = description.name;
        layer.startTime = description.start * comp.frameDuration;
        layer.inPoint = description.begin * comp.frameDuration;
        layer.outPoint = description.end * comp.frameDuration;
        if (description.media.isLinear) {
            addDisplayCurve(layer);
        }
        return layer;
    }

    // Turns linear light into display values, where the project's colour management does not: sRGB's curve above its
    // darkest 0.3 %, there at most 0.011 off, and nothing below black.
    function addDisplayCurve(layer) {
        if (app.project.workingSpace && app.project.workingSpace !== "None") {
            return;
        }
        var effects = layer.property("ADBE Effect Parade");
        var curve = effects.addProperty("ADBE Easy Levels2");
        curve.name = "Linear to sRGB";
        curve.property("ADBE Easy Levels2-0005").setValue(2.4); // gamma
        curve.property("ADBE Easy Levels2-0006").setValue(-0.055); // output black
        var clip = effects.addProperty("ADBE Easy Levels2");
        clip.name = "Nothing below black";
        clip.property("ADBE Easy Levels2-0008").setValue(CLIP_TO_BLACK_ON);
    }

    function setOpacity(comp, layer, description) {
        var opacity = layer.property("ADBE Transform Group").property("ADBE Opacity");
        if (description.keys.length === 0) {
            opacity.setValue(description.opacity);
            return;
        }
        for (var i = 0; i < description.keys.length; i += 1) {
            opacity.setValueAtTime(description.keys[i][0] * comp.frameDuration, description.keys[i][1]);
        }
        for (var key = 1; key <= opacity.numKeys; key += 1) {
            opacity.setInterpolationTypeAtKey(key, KeyframeInterpolationType.LINEAR, KeyframeInterpolationType.LINEAR);
        }
    }

    function prepareProject() {
        if (!app.project) {
            app.newProject();
        }
        if (app.project.numItems === 0) {
            app.project.bitsPerChannel = Math.max(app.project.bitsPerChannel, composition.bits);
            if (composition.showsFrames) {
                app.project.timeDisplayType = TimeDisplayType.FRAMES;
                app.project.framesCountType = FramesCountType.FC_START_0;
            }
        } else if (app.project.bitsPerChannel < composition.bits) {
            warnings.push("This project has " + app.project.bitsPerChannel + " bits per channel and the files more; " +
                "set " + composition.bits + " in its settings.");
        }
        if (app.project.linearBlending || app.project.linearizeWorkingSpace) {
            warnings.push("This project blends in linear light, and the composite was made from display values; " +
                "switch that off in its settings for the same picture.");
        }
    }

    function build() {
        prepareProject();
        var comp = newComposition();
        place(comp, imported(composition.source.media), composition.source);
        // Each layer is added on top.
        for (var i = 0; i < composition.layers.length; i += 1) {
            var description = composition.layers[i];
            var layer = place(comp, imported(description.media), description);
            layer.blendingMode = CHOICES.blend[description.blend];
            setOpacity(comp, layer, description);
        }
        comp.openInViewer();
    }

    var missing = missingLayers();
    if (missing.length > 0) {
        alert("Nothing was built, as these files are missing:\n" + missing.join("\n") +
            "\nPut the script back beside them and run it again.");
        return;
    }
    app.beginUndoGroup("Build " + composition.name);
    try {
        build();
    } catch (error) {
        warnings.push("The composition could not be finished (" + error.message + "); undo and run the script again.");
    } finally {
        app.endUndoGroup();
    }
    if (warnings.length > 0) {
        alert(warnings.join("\n"));
    }
}({/* composition */}));
